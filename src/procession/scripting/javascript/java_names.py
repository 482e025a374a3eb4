"""Java's names in JavaScript, as scripts written for Rhino and Nashorn use them.

``java.util.ArrayList`` and its like make arrays and objects that also answer Java's methods;
``Java.type`` and ``importPackage`` find them. Nothing here is Java: what is not listed is absent.
"""

from __future__ import annotations

from typing import Final

JAVA_NAMES: Final = r"""
  const lists = {
    add: function (x, y) {
      if (arguments.length > 1) this.splice(x, 0, y); else this.push(x);
      return true;
    },
    addAll: function (x) { for (const y of x) this.push(y); return true; },
    get: function (i) {
      if (!(i >= 0 && i < this.length)) throw new RangeError("Index: " + i);
      return this[i];
    },
    set: function (i, x) { const before = this[i]; this[i] = x; return before; },
    remove: function (x) {
      const i = typeof x === "number" ? x : this.indexOf(x);
      return i < 0 ? false : this.splice(i, 1)[0];
    },
    size: function () { return this.length; }, isEmpty: function () { return !this.length; },
    contains: function (x) { return this.includes(x); },
    clear: function () { this.length = 0; },
    iterator: function () {
      let i = 0;
      return { hasNext: () => i < this.length, next: () => this[i++] };
    },
  };
  for (const n of Object.keys(lists)) hide(Array.prototype, n, lists[n]);
  const texts_ = {
    equals: function (x) { return typeof x === "string" && String(this) === x; },
    equalsIgnoreCase: function (x) {
      return typeof x === "string" && this.toLowerCase() === x.toLowerCase();
    },
    isEmpty: function () { return !this.length; },
    contains: function (x) { return this.includes(x); },
    compareTo: function (x) { return this < x ? -1 : this > x ? 1 : 0; },
    replaceFirst: function (x, y) { return this.replace(new RegExp(x), y); },
    matches: function (x) { return new RegExp("^(?:" + x + ")$").test(this); },
  };
  for (const n of Object.keys(texts_)) hide(String.prototype, n, texts_[n]);
  const numbers = {
    intValue: function () { return Math.trunc(this); },
    longValue: function () { return Math.trunc(this); },
    doubleValue: function () { return Number(this); },
    equals: function (x) { return Number(this) === x; },
    compareTo: function (x) { return this < x ? -1 : this > x ? 1 : 0; },
  };
  for (const n of Object.keys(numbers)) hide(Number.prototype, n, numbers[n]);
  hide(Boolean.prototype, "booleanValue", function () { return this == true; });
  hide(Boolean.prototype, "equals", function (x) { return (this == true) === x; });
  const holds_ = (o, k) => own.call(o, k) && o.propertyIsEnumerable(k);
  const maps = {
    get: function (k) { return holds_(this, k) ? this[k] : null; },
    put: function (k, x) {
      const before = holds_(this, k) ? this[k] : null;
      Object.defineProperty(this, String(k),
        { value: x, writable: true, configurable: true, enumerable: true });
      return before;
    },
    containsKey: function (k) { return holds_(this, k); },
    remove: function (k) {
      const before = holds_(this, k) ? this[k] : null; delete this[k]; return before;
    },
    size: function () { return Object.keys(this).length; },
    isEmpty: function () { return !Object.keys(this).length; },
    keySet: function () { return Object.keys(this); },
    values: function () { return Object.values(this); },
    putAll: function (o) { for (const k of Object.keys(o)) maps.put.call(this, k, o[k]); },
  };
  const mapped = o => {
    for (const n of Object.keys(maps)) if (!own.call(o, n)) hide(o, n, maps[n]);
    return o;
  };
  const fail = name => function (message) {
    const e = new Error(message); e.name = name; return e;
  };
  const whole = (t, r) => {
    if (!/^[+-]?[0-9]+$/.test(String(t))) {
      const e = new TypeError('For input string: "' + t + '"');
      e.name = "java.lang.NumberFormatException";
      throw e;
    }
    return parseInt(t, r || 10);
  };
  const ArrayList = function (x) { return Array.isArray(x) ? [...x] : []; };
  const HashMap = function (x) {
    const made = mapped({}); if (x && typeof x === "object") made.putAll(x); return made;
  };
  const HashSet = function (x) { return new Set(x || []); };
  hide(Set.prototype, "contains", function (x) { return this.has(x); });
  const Integer = {
    parseInt: whole, valueOf: x => typeof x === "number" ? x : whole(x), toString: String,
    MAX_VALUE: 2147483647, MIN_VALUE: -2147483648,
  };
  const reals = { parseDouble: Number, valueOf: Number, toString: String };
  const clock = { currentTimeMillis: () => S.now, nanoTime: () => S.now * 1000000 };
  const System = { out: log, err: log, ...clock };
  const lang = {
    System, Math, Integer, Long: { ...Integer, parseLong: whole }, Double: reals, Float: reals,
    Boolean: { parseBoolean: x => String(x).toLowerCase() === "true", valueOf: x => x === true
      || String(x).toLowerCase() === "true", TRUE: true, FALSE: false },
    String: { valueOf: text, format: refuse("String.format is not available in JavaScript") },
  };
  for (const n of ["Exception", "RuntimeException", "IllegalArgumentException",
                   "IllegalStateException"]) lang[n] = fail("java.lang." + n);
  const util = {
    ArrayList, LinkedList: ArrayList, Vector: ArrayList, HashMap, LinkedHashMap: HashMap,
    TreeMap: HashMap, HashSet, LinkedHashSet: HashSet, Date: G.Date,
    Arrays: { asList: (...a) => a.length === 1 && Array.isArray(a[0]) ? a[0] : a },
    Collections: { sort: l => { l.sort(); }, emptyList: () => [] },
  };
  const java = { lang, util };
  const type = name => {
    let at = { java };
    for (const part of String(name).split(".")) {
      at = at !== undefined && own.call(at, part) ? at[part] : undefined;
    }
    if (at === undefined) {
      throw new ReferenceError("class " + name + " is not available in scripts");
    }
    return at;
  };
  const bring = all => {
    for (const n of Object.keys(all)) if (!(n in G)) hide(G, n, all[n]);
  };
"""
