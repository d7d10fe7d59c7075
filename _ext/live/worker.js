// Python, beside the page: a worker that holds Pyodide and runs what the page sends.
//
// The page says {start: what the first cell needs}, then, one at a time, what to run, and, once there
// is time, {ahead: what may be needed later}. To the page go {kind: "progress", …} while files
// arrive, {kind: "ready"}, and for each job its outputs, then {kind: "end"}; "lost" if Python itself
// has died.
"use strict";

const version = new URL(location).searchParams.get("v");
const at = (path) => new URL(path, location).href;
const home = at("pyodide/");

// What a cell needs is seen from its text, so that it is on its way before the cell runs.
const NEEDED = {
  matplotlib: /\bfigures\.\w|\bwuv\.figures\b|\bfigures\s+as\b|\bmatplotlib\b|\bpylab\b/,
  sympy: /\bsympy\b/,
  autograd: /\bautograd\b/,
};
const needs = (source) => Object.keys(NEEDED).filter((name) => NEEDED[name].test(source));

// --- Files: counted as they arrive, and unpacked here where the server does not compress them.

const plainFetch = self.fetch.bind(self);
let python, session;
let sizes = {}; // of the large files, by name: unpacked, and as they travel
const arriving = new Map();

const report = () => {
  let done = 0, total = 0;
  for (const [name, bytes] of arriving) {
    const [unpacked, travelling] = sizes[name];
    done += (bytes / unpacked) * travelling;
    total += travelling;
  }
  postMessage({ kind: "progress", done, total });
};

const counted = (name) => new TransformStream({
  transform(chunk, controller) {
    arriving.set(name, arriving.get(name) + chunk.byteLength);
    report();
    controller.enqueue(chunk);
  },
});

// What had begun to come unpacked is given up before its packed form is asked for.
const bodyOf = async (url, size, signal) => {
  const response = await answered(url, signal);
  const length = Number(response.headers.get("Content-Length"));
  if (response.headers.get("Content-Encoding") || length !== size || !self.DecompressionStream) {
    return response.body;
  }
  await response.body.cancel();
  const packed = await plainFetch(`${url}.gz`, { signal }).catch(() => null);
  if (packed?.ok && !packed.headers.get("Content-Encoding")) {
    return packed.body.pipeThrough(new DecompressionStream("gzip"));
  }
  await packed?.body.cancel();
  return (await answered(url, signal)).body;
};

const answered = async (url, signal) => {
  const response = await plainFetch(url, { signal });
  if (!response.ok) throw new Error(`${url.pathname}: the server says ${response.status}`);
  return response;
};

// Pyodide waits for ever for a file that it needs to start, if it does not come: so the page is told
// here. Other packages are missed when a cell needs them.
const startsWithout = (address) => /\.whl$/.test(address) && !/\/(numpy|wuv)-[^/]*$/.test(address);
self.fetch = async (...request) => {
  try {
    return await fetchHere(...request);
  } catch (error) {
    if (!session && !startsWithout(String(request[0].url ?? request[0]))) {
      postMessage({ kind: "lost", message: error.message, started: false });
    }
    throw error;
  }
};

const fetchHere = async (resource, options = {}) => {
  const url = new URL(resource.url ?? resource, location);
  const name = url.pathname.slice(new URL(home).pathname.length);
  if (!(name in sizes)) return plainFetch(resource, options);
  arriving.set(name, 0);
  const body = await bodyOf(url, sizes[name][0], options.signal);
  const type = name.endsWith(".wasm") ? "application/wasm" : "application/octet-stream";
  return new Response(body.pipeThrough(counted(name)), { headers: { "Content-Type": type } });
};

// --- Python

const start = async (first) => {
  sizes = await (await plainFetch(at(`sizes.json?v=${version}`))).json();
  importScripts(`${home}pyodide.js`);
  const program = plainFetch(at(`session.py?v=${version}`)).then((found) => found.text());
  python = await loadPyodide({
    indexURL: home,
    lockFileURL: `${home}pyodide-lock.json?v=${version}`,
    packages: ["numpy", "wuv", ...needs(first)],
    env: {
      HOME: "/home/pyodide",
      MPLBACKEND: "module://page_plots",
      MPLCONFIGDIR: "/tmp/matplotlib",
      WUV_PAGES: "", // a result links to a chapter as the page's own do
    },
  });
  const show = (output) => postMessage(shown(output.toJs({ dict_converter: Object.fromEntries })));
  python.registerJsModule("page", { show });
  python.runPython(await program);
  session = python.runPython("import page\nSession(page.show)");
};

// --- Outputs: formulas become MathML here, so that the page loads nothing for them.

const LETTER = /<mi>([WuvrUV])<\/mi>/g;
// Browsers draw letters of these kinds only where the character itself says so.
const STYLED = /<(mi|mn) mathvariant="(sans-serif|bold)">(\w)<\/\1>/g;
const KINDS = { "sans-serif": { A: 0x1d5a0, a: 0x1d5ba }, bold: { A: 0x1d400, a: 0x1d41a, 0: 0x1d7ce } };

const styled = (match, tag, kind, letter) => {
  const first = /\d/.test(letter) ? "0" : /[a-z]/.test(letter) ? "a" : "A";
  const start = KINDS[kind][first];
  if (!start) return match;
  return `<${tag}>${String.fromCodePoint(start + letter.charCodeAt() - first.charCodeAt())}</${tag}>`;
};

const mathml = (tex) => {
  self.katex ?? importScripts(at("katex.min.js"));
  const inside = tex.replace(/^\$+\s*(\\displaystyle)?|\$+$/g, "").trim();
  const html = self.katex.renderToString(inside, { displayMode: true, output: "mathml", strict: "ignore" });
  const math = html.match(/<math[\s\S]*<\/math>/)[0].replaceAll("∥", "‖"); // as the book's font has it
  return math.replace(STYLED, styled).replace(LETTER, '<mi class="$1">$1</mi>');
};

const shown = (output) => {
  const tex = output.data?.["text/latex"];
  if (tex) {
    try {
      output.data["text/mathml"] = mathml(tex);
    } catch {
      // What KaTeX cannot read is shown as plain text.
    }
  }
  return { kind: "output", output };
};

// A package that cannot be fetched is no mistake of the cell.
const unreachable = (names) => {
  const name = `${names.join(" and ")} could not be fetched`;
  const message = "is there a connection? Press Run to try again.";
  postMessage({ kind: "output", output: { kind: "error", name, message } });
  return false;
};

// These packages, and those that they need.
const packages = (names) => new Set(
  names.flatMap((name) => [...packages(python._api.lockfile_packages[name].depends), name]));

const run = async ({ source, question }) => {
  if (question) return session.ask(question.answer, question.wrt, question.loss);
  const names = [...packages(needs(source))];
  await python.loadPackage(names, { messageCallback() {}, errorCallback() {} });
  const missing = names.filter((name) => !(name in python.loadedPackages));
  return missing.length ? unreachable(missing) : session.run(source);
};

// Fetched only, through the browser's store and the service worker, which keep it.
const fetchAhead = async (source) => {
  const missing = [...packages(needs(source))].filter((name) => !(name in python.loadedPackages));
  for (const name of missing) {
    const { body } = await self.fetch(home + python._api.lockfile_packages[name].file_name);
    await body.pipeTo(new WritableStream());
  }
  await (await plainFetch(at("katex.min.js"))).blob();
};

onmessage = async ({ data }) => {
  if ("ahead" in data) return fetchAhead(data.ahead).catch(() => {}); // no network: no harm
  try {
    if ("start" in data) {
      await start(data.start);
      postMessage({ kind: "ready" });
    } else {
      postMessage({ kind: "begin" });
      postMessage({ kind: "end", good: await run(data) });
    }
  } catch (error) {
    postMessage({ kind: "lost", message: String(error?.message ?? error), started: !!session });
  }
};
