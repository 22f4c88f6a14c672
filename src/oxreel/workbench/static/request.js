// The request that the form stands for, and its cURL.

/** The body: what differs from the model's defaults, and what it requires. */
export function body(model, controls, schema) {
  const request = { model };
  for (const [name, control] of controls) {
    const value = control.value();
    const required = schema.required?.includes(name);
    if (value === undefined) continue;
    if (!required && JSON.stringify(value) === JSON.stringify(schema.properties[name].default)) continue;
    request[name] = value;
  }
  return onlyOne(request, schema);
}

/** Where the model takes one of several fields ("prompt" or "multi_prompt"), the last one filled in stays. */
function onlyOne(request, schema) {
  const names = (schema.oneOf ?? []).flatMap((branch) => branch.required ?? []).filter((name) => name in request);
  for (const name of names.slice(0, -1)) delete request[name];
  return request;
}

/** The fields that `onlyOne` would leave out now. */
export function overruled(controls, schema) {
  const names = (schema.oneOf ?? []).flatMap((branch) => branch.required ?? []);
  const filled = names.filter((name) => controls.get(name)?.value() !== undefined);
  return new Set(filled.slice(0, -1));
}

/** Whether nothing that the model requires is missing. */
export function whole(request, schema) {
  const has = (branch) => (branch.required ?? []).every((name) => name in request);
  return has(schema) && (!schema.oneOf || schema.oneOf.some(has));
}

export function curl(request) {
  const json = JSON.stringify(request, null, 2).replaceAll("'", "'\\''");
  return [
    `curl -X POST ${location.origin}/api/ai/videos/generate \\`,
    `  -H "Content-Type: application/json" \\`,
    `  -H "Authorization: Bearer $OXREEL_API_KEY" \\`,
    `  -d '${json}'`,
  ].join("\n");
}
