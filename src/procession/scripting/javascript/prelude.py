"""The JavaScript that runs before each script, in the same fresh context.

It reads the input, gives the script ``kcontext``, ``print`` and the variables it names, puts the
turn's clock and seed in the place of the host's, runs the script and answers what came of it. All
of it is data: nothing calls out of the engine. A script may break what stands here, and then breaks
only its own result.
"""

from __future__ import annotations

from typing import Final

PRELUDE: Final = r"""
(function (input, source, asFunction) {
  "use strict";
  const S = JSON.parse(input), G = globalThis, D = Date, J = JSON.stringify;
  const out = { changes: [], printed: [], wishes: [], error: null, value: null };
  const held = new Map(), own = Object.prototype.hasOwnProperty;
  const hide = (o, n, v) => Object.defineProperty(o, n,
    { value: v, writable: true, configurable: true, enumerable: false });
  const cap = n => n.charAt(0).toUpperCase() + n.slice(1);
  const typed = new WeakMap();
  const dec = v => {
    if (!Array.isArray(v)) return v;
    const [kind, what, more] = v;
    if (kind === "l") return what.map(dec);
    if (kind === "d") return new D(what);
    if (kind === "n") return BigInt(what);
    if (kind === "s") return new Set(what.map(dec));
    const made = {};
    for (const [k, x] of kind === "b" ? more : what) made[k] = dec(x);
    if (kind === "b") {
      typed.set(made, what);
      for (const k of Object.keys(made)) {
        hide(made, "get" + cap(k), function () { return this[k]; });
        hide(made, "is" + cap(k), function () { return this[k]; });
        hide(made, "set" + cap(k), function (x) { this[k] = x; });
      }
    }
    return made;
  };
  const enc = v => {
    if (v === undefined || v === null) return null;
    const t = typeof v;
    if (t === "boolean" || t === "string") return v;
    if (t === "number") return Number.isFinite(v) ? v : ["f", String(v)];
    if (t === "bigint") return ["n", String(v)];
    if (t !== "object") throw new TypeError("a variable cannot hold a " + t);
    if (v instanceof D) return ["d", v.getTime()];
    if (Array.isArray(v)) return ["l", Array.from(v, enc)];
    if (v instanceof Set) return ["s", Array.from(v, enc)];
    if (v instanceof Map) return ["m", Array.from(v, e => [String(e[0]), enc(e[1])])];
    if (v instanceof String || v instanceof Number || v instanceof Boolean) return enc(v.valueOf());
    const pairs = Object.keys(v).map(k => [k, enc(v[k])]);
    return typed.has(v) ? ["b", typed.get(v), pairs] : ["m", pairs];
  };
  let state = S.seed >>> 0;
  Math.random = () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  D.now = () => S.now;
  const P = new Proxy(D, {
    construct: (t, a) => a.length ? new t(...a) : new t(S.now),
    apply: () => new D(S.now).toString(),
  });
  D.prototype.constructor = P;
  G.Date = P;
  for (const n of ["procession_input", "procession_source", "performance", "queueMicrotask",
                   "navigator", "gc", "Atomics",
                   "SharedArrayBuffer", "WeakRef", "FinalizationRegistry"]) delete G[n];

  const get = name => {
    name = String(name);
    if (held.has(name)) return held.get(name).value;
    if (!own.call(S.variables, name)) return null;
    const value = dec(S.variables[name]);
    held.set(name, { value, before: J(enc(value)) });
    return value;
  };
  const set = (name, value) => {
    const made = enc(value);
    out.changes.push([String(name), made]);
    held.set(String(name), { value, before: J(made), told: true });
  };
  const text = v => v === undefined || v === null ? "null"
    : typeof v === "object" && !(v instanceof D) && !(v instanceof Error) ? J(v) : String(v);
  const print = (...a) => { out.printed.push(a.map(text).join(" ")); };
  const wish = (kind, name, value, instance) => {
    out.wishes.push([kind, String(name), enc(value), instance]);
  };
  const bean = (fields, methods) => {
    for (const k of Object.keys(fields)) {
      methods["get" + cap(k)] = () => fields[k];
      Object.defineProperty(methods, k, { get: () => fields[k], enumerable: true });
    }
    return methods;
  };
  const dict = pairs => bean({}, { ...pairs, get: k => own.call(pairs, k) ? pairs[k] : null });
  const C = S.context;
  const process = bean({ id: C.process, name: C.processName, version: C.version }, {});
  const instance = bean({
    id: C.instance, processId: C.process, processName: C.processName, state: C.status,
    parentProcessInstanceId: C.parent, process, metaData: dict({}),
  }, {
    getVariable: get, setVariable: set,
    signalEvent: (name, value) => wish("signal", name, value, -1),
    setState: s => {
      if (s !== 3) throw new Error("setState: only 3, aborted, can be set here");
      wish("abort", "", null, -1);
    },
  });
  const node = bean({ id: C.node, name: C.nodeName, metaData: dict(C.metadata) }, {});
  const nodeInstance = bean(
    { id: C.nodeInstance, nodeName: C.nodeName, nodeId: C.node, node, processInstance: instance },
    { getVariable: get, setVariable: set });
  const manager = {
    completeWorkItem: (id, results) => wish("complete_work_item", "", results || {}, Number(id)),
    abortWorkItem: id => wish("abort_work_item", "", null, Number(id)),
  };
  const runtime = bean({ workItemManager: manager, id: 1, identifier: 1 }, {
    startProcess: (id, variables) => wish("start", id, variables || {}, 0),
    signalEvent: (name, value, id) =>
      wish("signal", name, value, id === undefined ? 0 : Number(id)),
    abortProcessInstance: id => wish("abort", "", null, Number(id)),
    getGlobal: get, setGlobal: (name, value) => wish("set_global", name, value, 0),
    getProcessInstance: id => {
      if (Number(id) !== C.instance) throw new Error("a script sees only its own instance");
      return instance;
    },
  });
  const kcontext = bean({
    processInstance: instance, nodeInstance, kieRuntime: runtime, knowledgeRuntime: runtime,
    contextData: {},
  }, { getVariable: get, setVariable: set });
  const names = S.names.filter(n => own.call(S.variables, n));
  for (const n of names) hide(G, n, get(n));
  for (const n of ["kcontext", "context"]) if (!names.includes(n)) hide(G, n, kcontext);
  const log = { println: print, print };
  const System = { out: log, err: log, currentTimeMillis: () => S.now };
  const given = {
    print, println: print, System, java: { lang: { System } },
    console: { log: print, info: print, warn: print, error: print, debug: print },
    processInstanceId: C.instance, parentProcessInstanceId: C.parent,
  };
  for (const n of Object.keys(given)) if (!names.includes(n)) hide(G, n, given[n]);
  const more = {
    add: function (x) { this.push(x); return true; }, get: function (i) { return this[i]; },
    size: function () { return this.length; }, isEmpty: function () { return !this.length; },
    contains: function (x) { return this.includes(x); },
  };
  for (const n of Object.keys(more)) hide(Array.prototype, n, more[n]);
  try {
    const value = asFunction ? new Function(source).call(G) : (0, eval)(source);
    if (S.wanted) out.value = enc(value);
    for (const n of names) {
      const kept = held.get(n), now = G[n];
      if (!kept.told && now !== kept.value) set(n, now);
    }
    for (const [n, kept] of held) {
      const made = enc(kept.value);
      if (J(made) !== kept.before) out.changes.push([n, made]);
    }
  } catch (e) {
    if (e === null) e = { name: "InternalError", message: "out of memory" };
    const known = typeof e === "object";
    const said = known && "message" in e ? e.message : text(e);
    out.error = [String(known && e.name || ""), String(said), String(known && e.stack || "")];
  }
  return J(out);
})
"""
