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
    status: element.querySelector(".live-bar + .live-status [role=status]"),
    button: (name) => element.querySelector(`.live-bar [data-live=${name}]`),
  };
}

// What the worker gets: the code of a cell, or the question of a form.
const task = (cell) => (cell.question ? { question: cell.question() } : { source: source(cell) });
const source = (cell) => cell.editor?.state.doc.toString() ?? cell.mine ?? cell.code;
const edited = (cell) => source(cell) !== cell.code;
const busy = (cell) => /ing$/.test(cell.element.dataset.liveState);

const setState = (cell, state, words = "") => {
  const stop = cell.button("stop");
  const focused = document.activeElement === stop;
  cell.element.dataset.liveState = state;
  stop.disabled = !busy(cell);
  cell.output?.setAttribute("aria-busy", busy(cell));
  if (!cell.question) cell.button("reset").disabled = busy(cell) || (state === "idle" && !edited(cell));
  if (focused && stop.disabled) cell.button(cell.question ? "ask" : "run").focus({ preventScroll: true });
  say(cell, words);
};

// What is said is read out too; what counts on beside it is only shown.
const say = (cell, words) => {
  cell.status.textContent = words;
  cell.figures?.replaceChildren();
};

const count = (cell, ...figures) => {
  if (!cell.figures) cell.status.after(cell.figures = make("span"));
  cell.figures.replaceChildren(...figures);
};

const outputOf = (cell) => {
  if (!cell.output) {
    cell.output = make("div", { class: "cell_output docutils container", "aria-busy": busy(cell) });
    cell.element.append(cell.output);
  }
  return cell.output;
};

const block = (kind, text) =>
  make("div", { class: `output ${kind} notranslate` },
    make("div", { class: "highlight" }, make("pre", {}, text)));

// A figure of the book's code keeps its number and its caption.
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
  const caption = edited(cell) ? null : cell.built?.find((node) => node.nodeName === "FIGURE");
  if (!caption) return image;
  const figure = caption.cloneNode(true);
  figure.querySelector("img").replaceWith(image);
  return figure;
};

// The reason of a line stands in a row of its own too, for a telephone, as on the page.
const setReasonsBelow = (box) => {
  for (const row of box.querySelectorAll("mtr")) {
    const [, , gap, reason] = row.children;
    if (row.children.length !== 4 || gap.textContent.trim() || !reason.textContent.trim()) continue;
    const [below, cell] = [row.cloneNode(false), reason.cloneNode(true)];
    below.setAttribute("class", "why");
    cell.setAttribute("columnspan", "2");
    cell.setAttribute("style", "text-align: left;");
    below.append(cell);
    row.after(below);
    for (const beside of [gap, reason]) beside.setAttribute("class", "beside");
  }
};

const rendered = (cell, { fold, ...output }) => {
  if (fold) return make("details", {}, make("summary", {}, fold), rendered(cell, output));
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
    setReasonsBelow(box);
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
    const here = message.match(/sympy|matplotlib|autograd/)?.[0];
    lines.push("", here
      ? `It is fetched when a cell names it: write import ${here} into this one.`
      : "The page carries NumPy, SymPy, Matplotlib, autograd and wuv.");
  }
  return lines.join("\n");
};

const show = (cell, output) => {
  const place = outputOf(cell);
  if (cell.fresh) place.replaceChildren();
  cell.fresh = false;
  const before = place.lastElementChild;
  const kind = output.kind === "stream" && (output.name === "stderr" ? ".stderr" : ".stream:not(.stderr)");
  if (output.kind === "more") tellMore(place, output);
  else if (kind && before?.matches(kind)) before.querySelector("pre").append(output.text);
  else place.append(rendered(cell, output));
  place.dispatchEvent(new CustomEvent("shown", { bubbles: true }));
};

// How much a cell has to show that is not shown: one line, which counts on.
const tellMore = (place, { lines, characters }) => {
  const more = place.querySelector(":scope > .live-more") ?? make("p", { class: "live-notice live-more" });
  const [number, name] = lines ? [lines, "line"] : [characters, "character"];
  more.textContent = `${number.toLocaleString("en")} more ${name}${number > 1 ? "s are" : " is"} left out.`;
  place.append(more);
};

// What the cell itself has shown stays.
const notice = (cell, words) => {
  const place = outputOf(cell);
  if (cell.fresh) place.replaceChildren();
  cell.fresh = false;
  place.append(make("p", { class: "live-notice", role: "alert" }, words));
};

// --- Python: a worker, made when it is first needed

let worker = null;
let job = null; // the cell that runs, or for which Python is fetched
let queue = []; // the cells that wait for it, each once
let latest = null; // the cell that ran last

const megabytes = (bytes) => (bytes / 1e6).toFixed(1);

const HEARD = {
  progress({ done, total }) {
    if (!job || worker.ready) return;
    const bar = make("progress", { max: total, value: done, "aria-label": "Fetching Python" });
    count(job, `, once: ${megabytes(done)} of ${megabytes(total)} MB `, bar);
  },
  ready() {
    worker.ready = true;
    worker.postMessage(task(job)); // as it stands now: it may have been edited meanwhile
  },
  begin() {
    setState(job, "running", "Running");
    if (whole && !job.question) tellAll(`Running ${nameOf(job)} of ${cells.length}`);
  },
  output({ output }) {
    show(job, output);
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
  const own = new Worker(new URL(`worker.js${VERSION}`, import.meta.url));
  worker = own;
  own.onmessage = ({ data }) => {
    if (own !== worker) return; // on its way when it was stopped
    if (Object.hasOwn(HEARD, data?.kind)) HEARD[data.kind](data); // a cell may post what it likes
  };
  own.onerror = (event) => {
    event.preventDefault();
    if (own === worker) HEARD.lost({ message: event.message ?? "no reason was given", started: worker?.ready });
  };
  worker.postMessage({ start: task(job).source ?? "" });
};

// A cell that runs or waits already is left as it is.
const enqueue = (list) => {
  const added = list.filter((cell) => cell !== job && !queue.includes(cell));
  for (const cell of added) setState(cell, "loading", "Waiting for its turn");
  queue.push(...added);
  if (list.length > 1) queue.sort((one, other) => cells.indexOf(one) - cells.indexOf(other));
  next();
};

const next = () => {
  if (job) return;
  job = queue.shift() ?? null;
  if (!job) return rest();
  job.fresh = true;
  setState(job, "loading", worker ? "Waiting" : "Fetching Python");
  if (worker) worker.postMessage(task(job));
  else startWorker();
};

const finish = (good) => {
  const cell = job;
  job = null;
  latest = cell;
  if (cell.fresh) cell.output?.replaceChildren();
  cell.ran = true;
  whole?.add(cell);
  setState(cell, good ? "done" : "error", good ? "Done" : "Ended with an error");
  if (!good && !cell.failsAsBuilt && !cell.question) {
    queue.filter((waiting) => !waiting.question).forEach(withdraw);
    endAll("Stopped at ", linkTo(cell), ": it ended with an error");
  }
  next();
};

const withdraw = (cell) => {
  queue = queue.filter((waiting) => waiting !== cell);
  setState(cell, "idle");
};

// Nothing runs and nothing waits.
const rest = () => {
  const number = cells.filter((cell) => whole?.has(cell)).length;
  endAll(number < cells.length ? `${number} of ${cells.length} cells ran` : `All ${number} cells ran`);
  lookAhead();
};

// Python is gone, with all it held: say so, and forget which cells have run.
const lose = (words) => {
  worker?.terminate();
  worker = null;
  const cell = job ?? latest;
  job = latest = null;
  queue = [];
  for (const other of byElement.values()) {
    other.ran = false;
    if (other !== cell && other.element.dataset.liveState !== "idle") setState(other, "idle");
  }
  if (!cell) return;
  notice(cell, words);
  setState(cell, "error", "Stopped");
  endAll("Stopped at ", linkTo(cell));
};

// --- Run all: how far it is, said at the head of the page

const head = document.querySelector(".page-tools [role=status]");
let whole = null; // while all are run: those that did

const nameOf = (cell) => (cell.question ? "the question" : `cell ${cells.indexOf(cell) + 1}`);

const tellAll = (...words) => head.replaceChildren(...words);

const endAll = (...words) => {
  if (whole) tellAll(...words);
  whole = null;
};

const linkTo = (cell) => {
  cell.element.id ||= nameOf(cell).replace(" ", "-");
  return make("a", { href: `#${cell.element.id}` }, nameOf(cell));
};

// --- Once a cell has run, the others of its page shall run without a network too

let ahead = false;

const lookAhead = () => {
  if (ahead || navigator.connection?.saveData || !navigator.serviceWorker?.controller) return;
  ahead = true;
  setTimeout(() => {
    fetchEditor().catch(() => {}); // then it is fetched when it is asked for
    if (worker?.ready) worker.postMessage({ ahead: cells.map(source).join("\n") });
  }, 3000);
};

// --- The editor, fetched when Edit is first pressed

let library = null;

const fetchEditor = () =>
  (library ??= import(new URL(`editor/index.js#${Date.now()}`, import.meta.url)) // a failure sticks to its name
    .then(withPython)
    .catch((error) => {
      library = null;
      throw error;
    }));

const open = async (cell) => {
  const { CM, python } = await fetchEditor();
  cell.editor ??= editor(cell, CM, python);
};

const edit = async (cell) => {
  if (!cell.editor && !busy(cell)) say(cell, "Fetching the editor");
  try {
    await open(cell);
  } catch {
    return say(cell, "The editor could not be fetched. Is there a connection? Press Edit to try again.");
  }
  if (!busy(cell)) say(cell, "");
  for (let box = cell.element.querySelector(".cell_input"); box; box = box.parentElement) {
    if (box.matches("details")) box.open = true;
  }
  cell.editor.focus();
};

// An edit outlives a reload, and a look at another page; not a change of the book's own code.
const SHELF = `edits ${location.pathname}`;
const edits = () => JSON.parse(sessionStorage[SHELF] ?? "{}");

const keepEdit = (cell) => {
  try {
    const kept = edits();
    const number = cells.indexOf(cell);
    if (edited(cell)) kept[number] = [cell.code, source(cell)];
    else delete kept[number];
    if (Object.keys(kept).length) sessionStorage[SHELF] = JSON.stringify(kept);
    else delete sessionStorage[SHELF];
  } catch {
    // Where nothing may be kept, it lasts as long as the page.
  }
};

const restore = async () => {
  for (const [number, [code, mine]] of Object.entries(edits())) {
    const cell = cells[number];
    if (cell?.code !== code) continue;
    cell.mine = mine;
    setState(cell, "idle", "Your edit; Reset brings back the book’s");
    await open(cell).catch(() => say(cell, "Your edit is kept, but the editor could not be fetched"));
  }
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
    runAlone(cell);
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
    doc: source(cell),
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
        if (!update.docChanged) return;
        cell.button("reset").disabled = busy(cell);
        keepEdit(cell);
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
  cell.editor = cell.mine = null;
  keepEdit(cell);
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
    status: element.querySelector("[role=status]"),
    question: fields,
    button: (name) => element.querySelector(`[data-live=${name}]`),
  };
}

export const ask = (element) => {
  const form = byElement.get(element);
  if (!element.reportValidity()) return say(form, "");
  // The address is a link to this question now.
  const query = Object.entries(form.question()).filter(([, value]) => value);
  history.replaceState(history.state, "", `?${new URLSearchParams(query)}${location.hash}`);
  enqueue([form]);
};

// What a reader runs is to be seen, though the page keeps its answer in a fold.
const runAlone = (cell) => {
  const fold = cell.output?.closest("details");
  if (fold && cell.element.contains(fold)) fold.open = true;
  enqueue([cell]);
};

// --- What the buttons do

const ACTIONS = {
  run: runAlone,
  above(cell) {
    if (!busy(cell)) say(cell, "");
    enqueue(cells.slice(0, cells.indexOf(cell)));
  },
  edit,
  reset,
  stop(cell) {
    if (cell !== job) return withdraw(cell);
    lose(worker.ready
      ? "Stopped. Python had to be ended, so the variables are gone: press Run all above to get them back."
      : "Stopped before Python was there.");
  },
  all() {
    whole = new Set();
    enqueue(cells);
  },
};

export const press = (button) =>
  ACTIONS[button.dataset.live](byElement.get(button.closest(".cell, .ask")));

await restore().catch(() => {}); // where nothing may be kept, nothing was
