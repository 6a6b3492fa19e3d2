// Works off three tasks with camunda-external-task-client-js; prints what it saw as JSON. Arguments: URL, key.
import { Client, BasicAuthInterceptor, Variables } from "camunda-external-task-client-js";

const [baseUrl, key] = process.argv.slice(2);
const interceptors = key ? new BasicAuthInterceptor({ username: "whoever", password: key }) : undefined;
const seen = { retries: [], errors: [] };
let left = 2;
const client = new Client({
  baseUrl, interceptors, workerId: "js", interval: 10, asyncResponseTimeout: 20000, lockDuration: 60000, maxTasks: 1,
  sorting: [{ sortBy: "createTime", sortOrder: "asc" }],
});
client.on("poll:error", (error) => seen.errors.push(String(error)));

async function work(task, taskService) {
  if (task.variables.get("amount") === 2) {
    await taskService.handleBpmnError(task, "DECLINED", "no money", new Variables().set("limit", 3));
    return true;
  }
  seen.retries.push(task.retries);
  if (seen.retries.length === 1) {
    seen.variables = task.variables.getAll();
    seen.typed = Object.fromEntries(Object.entries(task.variables.getAllTyped()).map(([name, one]) => [name, one.type]));
    seen.extension = task.extensionProperties;
    await taskService.extendLock(task, 90000);
    await taskService.unlock(task);
    return false;
  }
  if (seen.retries.length === 2) {
    await taskService.handleFailure(task, { errorMessage: "asleep", errorDetails: "zzz", retries: 1, retryTimeout: 0 });
    return false;
  }
  const result = new Variables();
  result.set("receipt", "r-js");
  result.set("list", [1, { deep: true }]);
  result.set("at", new Date(0));
  result.set("share", 0.25);
  result.set("nothing", null);
  await taskService.complete(task, result, new Variables().set("local", 1));
  return true;
}

client.subscribe("charge", { includeExtensionProperties: true }, async ({ task, taskService }) => {
  try {
    if ((await work(task, taskService)) && --left === 0) {
      client.stop();
      console.log(JSON.stringify(seen));
      process.exit(0);
    }
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
});
