// Uses the types that openapi-typescript has generated (api.d.ts) with openapi-fetch, and prints what it is told.
import createClient from "openapi-fetch";
import type { paths } from "./api.d.ts";

const [address] = process.argv.slice(2);
const client = createClient<paths>({ baseUrl: address });

const form = new FormData();
form.append("files", new Blob([await readAll()], { type: "application/xml" }), "order.bpmn");
const deployed = await client.POST("/api/deployments", {
  body: { files: [] },
  bodySerializer: () => form,
});

const headers = { "Idempotency-Key": "start-1" };
const body = { process: "order", business_key: "o-1", variables: { total: 120 } };
const first = await client.POST("/api/instances", { params: { header: headers }, body });
const again = await client.POST("/api/instances", { params: { header: headers }, body });
const path = { instance_id: first.data!.id };
const waited = await client.POST("/api/instances/{instance_id}/wait", {
  params: { path },
  body: { wait_seconds: 10, wait_for: "user_task" },
});
const tasks = await client.GET("/api/tasks", { params: { query: { instance: path.instance_id, state: "created" } } });
const task = { task_id: tasks.data!.items[0].id };
const done = await client.POST("/api/tasks/{task_id}/complete", {
  params: { path: task },
  body: { variables: { approved: true } },
});
const twice = await client.POST("/api/tasks/{task_id}/complete", { params: { path: task }, body: {} });
const history = await client.GET("/api/instances/{instance_id}/history", { params: { path } });
const gone = await client.GET("/api/jobs/{job_id}", { params: { path: { job_id: "nobody.1" } } });

console.log(
  JSON.stringify({
    deployed: deployed.data?.definitions.map((one) => one.id),
    once: first.data?.id === again.data?.id,
    waited: waited.data?.active.map((one) => one.element_id),
    done: done.data?.status,
    twice: [twice.error?.status, twice.error?.reason],
    ended: history.data?.items.at(-1)?.event,
    gone: gone.error?.title,
  }),
);

async function readAll(): Promise<string> {
  let text = "";
  for await (const piece of process.stdin.setEncoding("utf-8")) text += piece;
  return text;
}
