// Once visited, the book works without a network: a worker between its pages and the server.
//
// The build writes before this the table FILES: each file of the site with the beginning of its
// SHA-256. A file is kept as `path?digest`, so that a new build fetches only what it changed, and
// only if it is, byte for byte, the file of this build: a server in the middle of an upload, or a
// stale copy on the way, cannot mix two builds. Pages, styles, scripts and figures are fetched ahead;
// what runs cells is kept when it is first used, and never before.
"use strict";

const files = new Map(Object.entries(FILES));
const home = registration.scope;
const ahead = (path) => !/^(live|lite)\/|\.(map|pdf|zip)$/.test(path);

// On the reader's own machine the server is asked first: it costs nothing, whoever writes sees what
// was just built, and tomorrow something else may stand at this address.
const own = /^(localhost|127\..*|\[::1\])$/.test(location.hostname);

const pathOf = (address) => {
  const { origin, pathname } = new URL(address);
  if (!(origin + pathname).startsWith(home)) return null;
  const path = decodeURIComponent((origin + pathname).slice(home.length)).replace(/(^|\/)$/, "$1index.html");
  return [path, `${path}.html`].find((name) => files.has(name)) ?? null; // some hosts hide the ending
};
const keyOf = (path) => `${home}${encodeURI(path)}?${files.get(path)}`;
const open = () => caches.open(`book ${home}`); // other books may live on the same host

// --- Keeping

const digest = async (blob) =>
  [...new Uint8Array(await crypto.subtle.digest("SHA-256", await blob.arrayBuffer()))]
    .map((byte) => byte.toString(16).padStart(2, "0")).join("");

// Keep a file if it is the one of this build, and say whether it is.
const keep = async (path, blob, type) => {
  if (!(await digest(blob)).startsWith(files.get(path))) return false;
  await (await open()).put(keyOf(path), new Response(blob, { headers: { "Content-Type": type } }));
  return true;
};

// `live/worker.js` asks for `x.gz` where the server does not compress `x`: what is kept is `x`.
const keepPacked = async (path, blob) => {
  const unpacked = blob.stream().pipeThrough(new DecompressionStream("gzip"));
  const type = path.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  return keep(path, await new Response(unpacked).blob(), type);
};

// --- Answering

// A response handed on as it arrives, and given to `whole` at its end: one that the page gives up
// on is not fetched to its end.
const handedOn = (event, response, whole) => {
  const reader = response.body.getReader();
  const parts = [];
  let end;
  event.waitUntil(new Promise((resolve) => { end = resolve; }));
  const body = new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (!done) {
          parts.push(value);
          return controller.enqueue(value);
        }
        controller.close();
        return end(whole(new Blob(parts)).catch(() => {})); // no room left: the page has its file
      } catch (error) {
        end();
        return controller.error(error);
      }
    },
    cancel(reason) {
      end();
      return reader.cancel(reason);
    },
  });
  return new Response(body, response);
};

const answer = async (event, path, packed) => {
  const { request } = event;
  const kept = packed ? null : await open().then((cache) => cache.match(keyOf(path))).catch(() => null);
  if (kept && !own) return kept;
  try {
    const response = await fetch(request);
    if (kept || response.status !== 200) return response;
    if (!packed) {
      const type = response.headers.get("Content-Type") ?? "";
      return handedOn(event, response, (blob) => keep(path, blob, type));
    }
    if (response.headers.get("Content-Encoding")) return response; // unpacked already
    return handedOn(event, response, (blob) => keepPacked(path, blob));
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};

addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  if (method !== "GET") return;
  const path = pathOf(url);
  const packed = path ? null : url.endsWith(".gz") && pathOf(url.slice(0, -3));
  if (path || packed) event.respondWith(answer(event, path ?? packed, Boolean(packed)));
});

// --- Fetching ahead

// A first answer may come from the browser's own store; a stale one is asked for again. What cannot
// be had now is left for the next visit.
const fetchAhead = async (path) => {
  for (const cache of ["default", "reload"]) {
    const asked = fetch(home + encodeURI(path), { cache, priority: "low" });
    const response = await asked.catch(() => null);
    if (!response?.ok) return;
    if (await keep(path, await response.blob(), response.headers.get("Content-Type") ?? "")) return;
  }
};

const stale = async () => {
  const current = new Set([...files.keys()].map(keyOf));
  return (await (await open()).keys()).map(({ url }) => url).filter((key) => !current.has(key));
};

// What an older build left says what this reader has used: its successors are fetched, and it goes.
const family = (key) => key.replace(/\?.*/, "").replace(/[0-9a-f]{8,}/g, "");

const fill = async () => {
  const cache = await open();
  const old = await stale();
  const used = new Set(old.map(family));
  const there = new Set((await cache.keys()).map(({ url }) => url));
  const missing = [...files.keys()].filter((path) =>
    !there.has(keyOf(path)) && (ahead(path) || used.has(family(keyOf(path)))));
  const lane = async () => {
    while (missing.length) await fetchAhead(missing.shift());
  };
  try {
    if (!navigator.connection?.saveData) await Promise.all([lane(), lane(), lane()]);
  } finally {
    await Promise.all(old.map((key) => cache.delete(key)));
  }
};

let filling = null;

// A page asks to be looked after.
addEventListener("message", (event) => event.waitUntil((async () => {
  await clients.claim();
  filling ??= fill().catch(() => {}).finally(() => { filling = null; });
  await filling;
})()));

// --- A new build takes over at once, and tells the pages that are open in an older form.

let changed = null; // looked up before anything is tidied away

const lookUp = () => (changed ??= stale().then((keys) => new Set(keys.map(pathOf)), () => new Set()));

addEventListener("install", (event) => {
  event.waitUntil(lookUp());
  skipWaiting();
});

const takeOver = async () => {
  const pages = await lookUp();
  await clients.claim();
  if (own) return; // such a page came from the server
  for (const client of await clients.matchAll()) {
    const path = pathOf(client.url);
    if (path && pages.has(path)) client.postMessage("renewed");
  }
};

addEventListener("activate", (event) => event.waitUntil(takeOver()));
