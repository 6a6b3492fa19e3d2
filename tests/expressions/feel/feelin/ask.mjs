// Evaluates expressions with feelin: a JSON list of {text, context} on standard input, their values as JSON on the output.
import { readFileSync } from 'node:fs';
import { evaluate } from 'feelin';

function plain(value) {
  if (value === null || value === undefined) return null;
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'number' && !Number.isFinite(value)) return { error: String(value) };
  if (typeof value !== 'object') return value;
  if (value.constructor === Object) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]));
  }
  return `${value}`;
}

function answer({ text, context }) {
  try {
    return { value: plain(evaluate(text, context).value) };
  } catch (error) {
    return { error: `${error}`.slice(0, 200) };
  }
}

process.stdout.write(JSON.stringify(JSON.parse(readFileSync(0, 'utf-8')).map(answer)));
