// A client of the ONEWEB runtime interface: one function for calls, one for each thing to do.
export function oneweb(server, clientId) {
  const root = server + "/BPMREST/service/runtime";
  let token = null;

  async function call(method, path, body) {
    const answer = await fetch(root + path, {
      method,
      headers: { "Content-Type": "application/json", Authorization: "Bearer " + token, clientId },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const { data, code, message, totalRecordCount } = await answer.json();
    if (code !== 0) throw Object.assign(new Error(message), { code });
    return { data, totalRecordCount };
  }

  const q = encodeURIComponent;
  return {
    async login(username, password) {
      const answer = await fetch(server + "/eaf-rest/login", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ username, password, ldapproviderurl: "", clientId }),
      });
      const found = await answer.json();
      if (!found.id_token) throw Object.assign(new Error(found.message), { code: found.code });
      token = found.id_token;
    },
    start: async (processName, object) =>
      (await call("POST", "/process/start", { processName, object })).data,
    tasks: async (instance) => (await call("GET", `/instance/${instance}/tasks`)).data,
    inbox: async (user) => (await call("GET", `/tasks?user=${q(user)}`)).data,
    objects: async (task) => (await call("POST", `/tasks/${task}/variables`)).data,
    assign: (task, user) => call("POST", `/tasks/${task}/assign?user=${q(user)}`),
    claim: (task, user) => call("POST", `/tasks/${task}/claim?user=${q(user)}`),
    unclaim: (task, user) => call("POST", `/tasks/${task}/unclaim?user=${q(user)}`),
    complete: (task, user, objects = {}) =>
      call("POST", `/tasks/${task}/complete?user=${q(user)}`, objects),
  };
}
