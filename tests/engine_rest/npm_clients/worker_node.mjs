// Works off three tasks with camunda-worker-node; prints what it saw as JSON. Arguments: URL, key.
import Worker from "camunda-worker-node";
import BasicAuth from "camunda-worker-node/lib/basic-auth.js";
import Backoff from "camunda-worker-node/lib/backoff.js";

const [baseUrl, key] = process.argv.slice(2);
const use = key ? [[Backoff, {}], BasicAuth("whoever", key)] : [[Backoff, {}]];
const seen = {};
let left = 3;
const worker = Worker(baseUrl, { workerId: "node", pollingInterval: 10, maxTasks: 1, use });
const fail = (error) => { console.error(error); process.exit(1); };
const sent = async () => {
  if (--left === 0) {
    await worker.stop();
    console.log(JSON.stringify(seen));
    process.exit(0);
  }
};
worker.on("error", (what, error) => fail(error));
worker.on("fetchTasks:failed", fail);
worker.on("executeTask:complete:sent", sent);
worker.on("executeTask:failed:sent", sent);

worker.subscribe("charge", ["amount", "lines"], async (context) => {
  const { amount } = context.variables;
  seen[amount] = context.variables;
  await context.extendLock(90000);
  if (amount === 1) {
    return { variables: { amount: 10, receipt: "r-node", lines: [2], at: new Date(0) } };
  }
  if (amount === 2) {
    return { errorCode: "DECLINED" };
  }
  throw new Error("asleep");
});
