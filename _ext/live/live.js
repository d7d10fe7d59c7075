// What the buttons of the cells do. `book.js` loads this when the first of them is pressed.

const VERSION = new URL(import.meta.url).search;
const cells = [...document.querySelectorAll(".cell[data-live-state]")].map(cellOf);
const forms = [...document.querySelectorAll(".ask")].map(formOf); // see "Ask the book", below
const byElement = new Map([...cells, ...forms].map((cell) => [cell.element, cell]));

const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
};

// --- A cell: its code, its state, what it shows

function cellOf(element) {
  const input = element.querySelector(".cell_input .highlight");
  const code = input.querySelector("pre").textContent.trimEnd();
  const output = element.querySelector(".cell_output");
  return {
    element,
    input,
    code,
    output,
    built: output && [...output.childNodes].map((node) => node.cloneNode(true)),
    failsAsBuilt: Boolean(output?.querySelector(".traceback")),
    button: (name) => element.querySelector(`.live-bar [data-live=${name}]`),
  };
}

// What the worker gets: the code of a cell, or the question of a form.
const task = (cell) => (cell.question ? { question: cell.question() } : { source: source(cell) });
const source = (cell) => cell.editor?.state.doc.toString() ?? cell.code;
const edited = (cell) => source(cell) !== cell.code;

const setState = (cell, state, words = "") => {
  const busy = state === "loading" || state === "running";
  cell.element.dataset.liveState = state;
  cell.button("stop").disabled = !busy;
  cell.element.setAttribute("aria-busy", busy);
  if (cell.code) cell.button("reset").disabled = busy || (state === "idle" && !edited(cell));
  say(cell, words);
};

const say = (cell, words, ...more) => {
  cell.status ??= element(cell, "p", "live-status", { role: "status" });
  cell.status.replaceChildren(words, ...more);
};

// A part of the cell made when it is first needed, under its buttons.
const element = (cell, tag, name, attributes = {}) => {
  const node = make(tag, { class: name, ...attributes });
  cell.element.querySelector(".live-bar").after(node);
  return node;
};

const outputOf = (cell) => {
  if (!cell.output) {
    cell.output = make("div", { class: "cell_output docutils container" });
    cell.element.append(cell.output);
  }
  return cell.output;
};

const block = (kind, text) =>
  make("div", { class: `output ${kind} notranslate` },
    make("div", { class: "highlight" }, make("pre", {}, text)));

// A figure keeps its number and its caption.
const picture = (cell, svg) => {
  const root = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
  const image = make("img", {
    class: "picture",
    src: `data:image/svg+xml,${encodeURIComponent(svg)}`,
    alt: root.getAttribute("aria-label") ?? "A figure drawn by this cell",
  });
  for (const side of ["width", "height"]) {
    const [, size, unit] = root.getAttribute(side)?.match(/^([\d.]+)(px|pt)?$/) ?? [];
    if (size) image[side] = Math.round(size * (unit === "pt" ? 4 / 3 : 1));
  }
  const figure = cell.built?.find((node) => node.nodeName === "FIGURE")?.cloneNode(true);
  if (!figure) return image;
  figure.querySelector("img").replaceWith(image);
  return figure;
};

const rendered = (cell, output) => {
  if (output.kind === "stream") {
    return block(output.name === "stderr" ? "stderr stream" : "stream", output.text);
  }
  if (output.kind === "error") return block("traceback", errorText(cell, output));
  const { data } = output;
  if (data["image/svg+xml"]) return picture(cell, data["image/svg+xml"]);
  if (data["text/html"]) {
    const box = make("div", { class: "output text_html" });
    box.innerHTML = data["text/html"]; // written by the reader's own cell, or by `wuv`
    return box;
  }
  if (data["text/mathml"]) {
    const box = make("div", { class: "formula" });
    box.innerHTML = data["text/mathml"];
    return make("div", { class: "math output text_latex" }, box);
  }
  return block("text_plain", data["text/plain"]);
};

const errorText = (cell, { name, message, line }) => {
  const lines = [...(line ? [`→ ${line}`] : []), [name, message].filter(Boolean).join(": ")];
  const waiting = cells.slice(0, cells.indexOf(cell)).some((above) => !above.ran);
  if (name === "NameError" && waiting) {
    lines.push("", "Cells above have not been run yet: press Run all above, then Run.");
  }
  if (name === "ModuleNotFoundError") {
    lines.push("", "The page carries NumPy, SymPy, Matplotlib, autograd and wuv.");
  }
  return lines.join("\n");
};

const show = (cell, output) => {
  const place = outputOf(cell);
  if (cell.fresh) place.replaceChildren();
  cell.fresh = false;
  const before = place.lastElementChild;
  const kind = output.kind === "stream" && (output.name === "stderr" ? ".stderr" : ".stream:not(.stderr)");
  if (kind && before?.matches(kind)) before.querySelector("pre").append(output.text);
  else place.append(rendered(cell, output));
  place.dispatchEvent(new CustomEvent("shown", { bubbles: true }));
};

const notice = (cell, words) => {
  outputOf(cell).replaceChildren(make("p", { class: "live-notice", role: "alert" }, words));
};

// --- Python: a worker, made when it is first needed

let worker = null;
let job = null; // {cell, end}: the one that runs
let latest = null; // the cell that ran last
let stopping = false;

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

const HEARD = {
  progress({ done, total }) {
    if (!job || worker.ready) return;
    const bar = make("progress", { max: total, value: done, "aria-label": "Fetching Python" });
    say(job.cell, `Fetching Python, once: ${megabytes(done)} of ${megabytes(total)} MB `, bar);
  },
  ready() {
    worker.ready = true;
  },
  begin() {
    setState(job.cell, "running", "Running");
  },
  output({ output }) {
    show(job.cell, output);
  },
  end({ good }) {
    finish(good);
  },
  lost({ message, started }) {
    lose(started
      ? `Python stopped (${message}). Its variables are gone. Press Run all above to get them back, then go on.`
      : `Python could not be fetched (${message}). Is there a connection? Press Run to try again.`);
  },
};

const startWorker = () => {
  worker = new Worker(new URL(`worker.js${VERSION}`, import.meta.url));
  worker.onmessage = ({ data }) => HEARD[data.kind](data);
  worker.onerror = (event) => {
    event.preventDefault();
    HEARD.lost({ message: event.message ?? "no reason was given", started: worker?.ready });
  };
};

const finish = (good) => {
  const { cell, end } = job;
  job = null;
  latest = cell;
  if (cell.fresh) cell.output?.replaceChildren();
  cell.ran = true;
  setState(cell, good ? "done" : "error", good ? "Done" : "Ended with an error");
  end(good);
};

// Python is gone, with all it held: say so, and forget which cells have run.
const lose = (words) => {
  worker?.terminate();
  worker = null;
  const cell = job?.cell ?? latest;
  for (const other of byElement.values()) {
    other.ran = false;
    if (other !== cell && other.element.dataset.liveState !== "idle") setState(other, "idle");
  }
  if (cell) {
    notice(cell, words);
    setState(cell, "error", "Stopped");
  }
  const { end } = job ?? {};
  job = latest = null;
  end?.(false);
};

const execute = (cell) =>
  new Promise((end) => {
    if (!worker) startWorker();
    job = { cell, end };
    cell.fresh = true;
    setState(cell, "loading", worker.ready ? "Waiting" : "Fetching Python");
    worker.postMessage(task(cell));
  });

let queue = Promise.resolve();

const runAll = (list) => {
  stopping = false;
  for (const cell of list) setState(cell, "loading", "Waiting for its turn");
  queue = queue.then(async () => {
    for (const [i, cell] of list.entries()) {
      const good = await execute(cell);
      if (stopping || !(good || cell.failsAsBuilt)) {
        list.slice(i + 1).forEach((later) => setState(later, "idle"));
        break;
      }
    }
  });
  return queue;
};

// --- The editor, fetched when Edit is first pressed

let library = null;

const edit = async (cell) => {
  if (!cell.editor) {
    library ??= import(new URL("editor/index.js", import.meta.url)).then(withPython);
    say(cell, "Fetching the editor");
    const { CM, python } = await library;
    say(cell, "");
    cell.editor = editor(cell, CM, python);
  }
  for (let box = cell.element.querySelector(".cell_input"); box; box = box.parentElement) {
    if (box.matches("details")) box.open = true;
  }
  cell.editor.focus();
};

const withPython = async (CM) => {
  const python = CM.languages.find((language) => language.name === "Python");
  return { CM, python: await python.load() };
};

const editor = (cell, CM, python) => {
  const leave = () => {
    cell.button("run").focus();
    return true;
  };
  const start = () => {
    runAll([cell]);
    return true;
  };
  // The library's own colours, by the names that the style sheet gives them.
  const style = CM.HighlightStyle.define(
    CM.defaultHighlightStyle.specs.map(({ color, ...rest }) =>
      color ? { ...rest, color: `var(--live-${color.slice(1)}, inherit)` } : rest),
  );
  const hint = make("p", { class: "live-hint", id: `live-hint-${cells.indexOf(cell)}` },
    "Shift-Enter runs the cell, Escape leaves the editor.");
  const view = new CM.EditorView({
    doc: cell.code,
    extensions: [
      CM.keymap.of([
        { key: "Shift-Enter", run: start },
        { key: "Escape", run: leave },
        CM.indentWithTab,
      ]),
      CM.history(),
      CM.drawSelection(),
      CM.indentOnInput(),
      CM.bracketMatching(),
      CM.indentUnit.of("    "),
      CM.keymap.of([...CM.defaultKeymap, ...CM.historyKeymap]),
      CM.syntaxHighlighting(style),
      python,
      CM.EditorView.contentAttributes.of({
        "aria-label": "Code of this cell",
        "aria-describedby": hint.id,
      }),
      CM.EditorView.updateListener.of((update) => {
        if (update.docChanged) cell.button("reset").disabled = false;
      }),
    ],
  });
  cell.input.hidden = true;
  cell.desk = make("div", { class: "live-desk" }, view.dom, hint);
  cell.element.querySelector(".cell_input").append(cell.desk);
  return view;
};

const reset = (cell) => {
  cell.editor?.destroy();
  cell.desk?.remove();
  cell.editor = null;
  cell.input.hidden = false;
  if (cell.built) cell.output.replaceChildren(...cell.built.map((node) => node.cloneNode(true)));
  else cell.output?.remove();
  if (!cell.built) cell.output = null;
  cell.button("edit").focus();
  setState(cell, "idle");
};

// --- Ask the book: a form with a question of its own in place of code

function formOf(element) {
  const field = (name) => element.elements[name];
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (field(name)) field(name).value = value;
    if (name === "loss" && value) element.querySelector("details").open = true;
  }
  const fields = () => Object.fromEntries(
    ["wrt", "answer", "loss"].map((name) => [name, field(name).value.trim()]));
  return {
    element,
    output: element.querySelector(".cell_output"),
    question: fields,
    button: (name) => element.querySelector(`[data-live=${name}]`),
  };
}

export const ask = (element) => {
  if (!element.reportValidity()) return null;
  const form = byElement.get(element);
  // The address is a link to this question now.
  const query = Object.entries(form.question()).filter(([, value]) => value);
  history.replaceState(null, "", `?${new URLSearchParams(query)}${location.hash}`);
  return served(form) && runAll([form]);
};

// --- What the buttons do

const ACTIONS = {
  run(cell) {
    cell.output?.closest("details.hide")?.setAttribute("open", ""); // the reader asked
    return runAll([cell]);
  },
  above: (cell) => runAll(cells.slice(0, cells.indexOf(cell))),
  edit,
  reset,
  stop() {
    stopping = true;
    lose("Stopped. Python had to be ended, so the variables are gone: press Run all above to get them back.");
  },
  all: () => runAll(cells),
};

// Whether this page may start Python; if not, the cell says what to do.
const served = (cell) => {
  if (location.protocol !== "file:") return true;
  notice(cell, "A page opened as a file may not start Python. Serve the folder of the book, with python3 -m http.server in it, or take the notebook.");
  return false;
};

export const press = (button) => {
  const cell = byElement.get(button.closest(".cell, .ask"));
  const { live } = button.dataset;
  return (live === "edit" || live === "reset" || served(cell ?? cells[0])) && ACTIONS[live](cell);
};
