// The diagram viewer of the read-only pages: bpmn-js with zoom and pan, without editing.
export { default } from "bpmn-js/lib/NavigatedViewer.js";
