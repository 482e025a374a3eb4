"""The JavaScript that runs before each script, in the same fresh context.

It reads the input, gives the script ``kcontext``, ``print`` and the variables it names, puts the
turn's clock and seed in the place of the host's, runs the script and answers what came of it. All
of it is data: nothing calls out of the engine. A script may break what stands here, and then breaks
only its own result.
"""

from __future__ import annotations

from typing import Final

from procession.scripting.javascript.java_names import JAVA_NAMES

_VALUES: Final = r"""
  const own = Object.prototype.hasOwnProperty;
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
    for (const [k, x] of kind === "b" ? more : what) {
      Object.defineProperty(made, k,
        { value: dec(x), writable: true, configurable: true, enumerable: true });
    }
    if (kind === "m") mapped(made);
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
  const text = v => v === undefined || v === null ? "null"
    : typeof v === "object" && !(v instanceof D) && !(v instanceof Error) ? J(v) : String(v);
  const refuse = said => () => { throw new Error(said); };
"""
_CORE: Final = r"""
(function (input, source, asFunction) {
  "use strict";
  const S = JSON.parse(input), G = globalThis, D = Date, J = JSON.stringify;
  const out = { changes: [], printed: [], wishes: [], facts: [], error: null, value: null };
  const held = new Map();
/*VALUES*/
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
  const print = (...a) => { out.printed.push(a.map(text).join(" ")); };
  const log = { println: print, print };
/*JAVA NAMES*/
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
  const CASE = "caseFile_", said = dec(S.metadata), node_said = dec(S.nodeMetadata);
  const process = bean({
    id: C.process, name: C.processName, version: C.version, metaData: dict(said),
  }, {});
  const instance = bean({
    id: C.instance, processId: C.process, processName: C.processName, state: C.status,
    parentProcessInstanceId: C.parent, process, outcome: null, deploymentId: C.deployment,
    correlationKey: C.correlationKey,
    metaData: dict(C.parent ? { ...said, ParentProcessInstanceId: C.parent } : said),
  }, {
    getVariable: get, setVariable: set,
    getVariables: () => dict(Object.fromEntries(
      Object.keys(S.variables).filter(n => own.call(S.visible, n)).map(n => [n, get(n)]))),
    getNodeInstances: () => [nodeInstance],
    signalEvent: (name, value) => wish("signal", name, value, -1),
    setState: s => {
      if (s !== 3) throw new Error("setState: only 3, aborted, can be set here");
      wish("abort", "", null, -1);
    },
  });
  const node = bean({ id: C.node, name: C.nodeName, metaData: dict(node_said) }, {});
  const nodeInstance = bean({
    id: C.nodeInstance, nodeName: C.nodeName, nodeId: C.node, nodeDefinitionId: C.node, node,
    processInstance: instance, nodeInstanceContainer: instance, metaData: dict(node_said),
  }, { getVariable: get, setVariable: set });
  const manager = {
    completeWorkItem: (id, results) => wish("complete_work_item", "", results || {}, Number(id)),
    abortWorkItem: id => wish("abort_work_item", "", null, Number(id)),
  };
  const number = h => {
    if (h === null || typeof h !== "object" || !own.call(h, "fact")) throw new TypeError(
      "a fact is named by the handle that insert gave");
    return h.fact;
  };
  const facts = {
    insert: value => { out.facts.push(["insert", enc(value)]);
      return { fact: out.facts.length - 1 }; },
    update: (h, value) => { out.facts.push(["update", number(h), enc(value)]); },
    delete: h => { out.facts.push(["delete", number(h)]); },
    fireAllRules: () => { out.facts.push(["fire"]); return 0; },
  };
  const setGlobal = (name, value) => {
    wish("set_global", name, value, 0);
    held.set(String(name), { value, before: J(enc(value)), told: true });
  };
  const runtime = bean({
    workItemManager: manager, id: 1, identifier: 1, environment: { get: () => null },
    globals: { get, set: setGlobal },
  }, {
    ...facts, retract: facts.delete,
    getObjects: refuse("getObjects: JavaScript sees no facts; use Java or MVEL"),
    startProcess: (id, variables) => {
      wish("start", id, variables || {}, 0);
      return { processId: String(id), getProcessId: () => String(id),
        getId: refuse("getId: a process started by a script gets its number later") };
    },
    signalEvent: (name, value, id) =>
      wish("signal", name, value, id === undefined ? 0 : Number(id)),
    abortProcessInstance: id => wish("abort", "", null, Number(id)),
    getGlobal: get, setGlobal,
    getProcessInstance: id => {
      if (Number(id) !== C.instance) throw new Error("a script sees only its own instance");
      return instance;
    },
  });
  const caseData = {
    getData: n => n === undefined ? dict(Object.fromEntries(
      Object.keys(S.variables).filter(x => x.startsWith(CASE))
        .map(x => [x.slice(CASE.length), get(x)]))) : get(CASE + n),
    add: (n, v) => set(CASE + n, v), remove: n => set(CASE + n, null),
  };
  const kcontext = bean({
    processInstance: instance, nodeInstance, kieRuntime: runtime, knowledgeRuntime: runtime,
    contextData: {},
  }, {
    getVariable: get, setVariable: set,
    getCaseData: n => n === undefined ? caseData : get(CASE + n),
    setCaseData: (n, v) => set(CASE + n, v),
    getCaseAssignment: refuse("getCaseAssignment: roles of cases are not kept here"),
  });
  const limit = (n, t) => {
    if (t === null || t === undefined || String(t).trim() === "" || isNaN(Number(t)))
      throw new TypeError("NumberFormatException: " + t);
    return Number(t);
  };
  const ordered = holds => (n, t) => n !== null && n !== undefined && holds(n, limit(n, t));
  const texts = holds => (s, t) => s === null || s === undefined ? t === null || t === undefined
    : t !== null && t !== undefined && holds(String(s), String(t));
  const kie = {
    isNull: x => x === null || x === undefined,
    isEmpty: x => x === null || x === undefined || String(x) === "",
    isTrue: x => x === true, isFalse: x => x === false,
    equalsTo: (x, t) => x === null || x === undefined ? t === null || t === undefined
      : typeof x === "number" ? x === limit(x, t) : typeof x === typeof t ? x === t
      : String(x) === String(t),
    lessThan: ordered((a, b) => a < b), lessOrEqualThan: ordered((a, b) => a <= b),
    greaterThan: ordered((a, b) => a > b), greaterOrEqualThan: ordered((a, b) => a >= b),
    between: (n, a, b) => n !== null && n !== undefined && limit(n, a) <= n && n <= limit(n, b),
    contains: texts((s, t) => s.includes(t)), startsWith: texts((s, t) => s.startsWith(t)),
    endsWith: texts((s, t) => s.endsWith(t)),
  };
  const names = S.names.filter(n => own.call(S.variables, n));
  for (const n of names) hide(G, n, get(n));
  for (const n of ["kcontext", "context"]) if (!names.includes(n)) hide(G, n, kcontext);
  const given = {
    print, println: print, System, java, Java: { type, from: x => [...x], to: x => [...x] },
    importPackage: bring, importClass: () => undefined,
    console: { log: print, info: print, warn: print, error: print, debug: print },
    processInstanceId: C.instance, parentProcessInstanceId: C.parent, KieFunctions: kie,
    insert: facts.insert, update: facts.update, retract: facts.delete,
  };
  for (const n of Object.keys(given)) if (!names.includes(n)) hide(G, n, given[n]);
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
_READER: Final = r"""
(function () {
  "use strict";
  const S = { now: 0 }, G = globalThis, D = Date, J = JSON.stringify, log = {};
/*VALUES*/
/*JAVA NAMES*/
  const parse = JSON.parse, evaluate = eval;
  const told = v => v === true || v === false ? v : J(enc(v));
  return (text, names, packed) => {
    const f = evaluate("(function (" + names + ") { return (" + text + "\n); })");
    return packed ? given => told(f(...parse(given).map(dec))) : (...given) => told(f(...given));
  };
})()
"""


def _whole(text: str) -> str:
    return text.replace("/*VALUES*/", _VALUES).replace("/*JAVA NAMES*/", JAVA_NAMES).strip()


PRELUDE: Final = _whole(_CORE)
READER: Final = _whole(_READER)
"""What makes functions of texts that only read, in an engine that is used again."""
