// Reads documents with the libraries of the bpmn.io editors and writes them again.
// In: a JSON list of {dialect, xml}; out: a JSON list of {xml, warnings}.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { BpmnModdle } from "bpmn-moddle";

const require = createRequire(import.meta.url);
const described = {
  camunda: { camunda: require("camunda-bpmn-moddle/resources/camunda.json") },
  zeebe: { zeebe: require("zeebe-bpmn-moddle/resources/zeebe.json") },
  spiffworkflow: { spiffworkflow: JSON.parse(readFileSync(new URL("./spiffworkflow.json", import.meta.url))) },
  plain: {},
};

const written = [];
for (const { dialect, xml } of JSON.parse(readFileSync(0, "utf-8"))) {
  const moddle = new BpmnModdle(described[dialect]);
  const { rootElement, warnings } = await moddle.fromXML(xml);
  const said = warnings.map((warning) => warning.message);
  try {
    const again = await moddle.toXML(rootElement, { format: true });
    written.push({ xml: again.xml, warnings: said });
  } catch (error) {
    written.push({ xml: null, warnings: [...said, `cannot be written: ${error.message}`] });
  }
}
process.stdout.write(JSON.stringify(written));
