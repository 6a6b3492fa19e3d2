// As much of Node as use.ts needs.
declare const process: {
  argv: string[];
  stdin: { setEncoding(name: string): AsyncIterable<string> };
};
