/** What is said where Deno denies what the client needs: run it with no permission at all. */

import { anyModel, Client, ClientError } from "scenario-models";

const KEYS = { apiKey: "a", apiSecret: "b" };
const baseUrl = "https://api.example/v1";
const REQUEST = anyModel("model_x", {});
const said = {};
for (const [name, options] of Object.entries({ net: { ...KEYS, baseUrl }, keys: { baseUrl }, url: KEYS }))
  for (const [what, act] of Object.entries({
    jobs: (client) => client.jobs(),
    run: (client) => client.run(REQUEST),
    runMany: (client) => client.runMany([REQUEST, REQUEST]).next(),
  }))
    said[`${name} ${what}`] = await act(new Client(options)).then(
      ({ value }) => value?.error.message,
      (error) => (error instanceof ClientError ? error.message : String(error.stack)),
    );
console.log(JSON.stringify(said));
