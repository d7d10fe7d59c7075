// The search page. lunr.js looks through SECTIONS, this asks it and shows what it finds.
(() => {
  const asked = (new URLSearchParams(location.search).get("q") ?? "").trim();
  const box = document.querySelector("main .sidebar-search");
  const count = document.getElementById("search-count");
  const list = document.getElementById("search-results");

  // Formulas are typed in many ways and indexed in one: letters and digits, a transpose as T behind
  // its letter, which begins a word: 2ruᵀ is 2r uT.
  const plain = (text) => text
    .replace(/\\(mathsf|mathrm|operatorname)\b\s*/g, "")
    .replace(/\\(top|intercal)\b/g, "T")
    .replace(/[{}$\\]/g, "")
    .replace(/\^T|\.T\b|⊤/g, "ᵀ")
    .replace(/(?<=\p{L})(?=\p{L}ᵀ)/gu, " ")
    .replace(/ᵀ/g, "T ")
    .replace(/∇_/g, "∇")
    .replace(/\^/g, "")
    .replace(/[−()[\]*@.,:;?!=⟨⟩‖/+“”"’'-]/g, " ");

  // The opening of a chapter comes first, what only lists or drills comes last.
  const worth = ({ url }) => {
    if (/reference|notation|bibliography|teachers|exercises/.test(url)) return 0.6;
    return url.includes("#") ? 1 : 1.6;
  };

  const index = () => lunr(function () {
    this.ref("place");
    this.field("heading", { boost: 10 });
    this.field("page", { boost: 4 });
    this.field("file", { boost: 4 });
    this.field("text");
    SECTIONS.forEach((section, place) => this.add({
      place,
      heading: plain(section.heading),
      page: plain(section.page),
      file: section.file,
      text: plain(section.text),
    }, { boost: worth(section) }));
  });

  // A word counts most as it stands, less as a beginning, least with a letter or two wrong;
  // and a section counts more the more of the words it has.
  const look = (words) => {
    const book = index();
    const sections = new Map();
    for (const word of words) {
      const results = book.query((query) => {
        query.term(word, { boost: 10 });
        if (word.length < 4) return;
        query.term(word, { boost: 2, usePipeline: false, wildcard: lunr.Query.wildcard.TRAILING });
        query.term(word, { boost: 1, editDistance: word.length < 7 ? 1 : 2 });
      });
      for (const { ref, score, matchData } of results) {
        const entry = sections.get(ref) ?? { ref, score: 0, words: 0, stems: [] };
        entry.score += score;
        entry.words += 1;
        entry.stems.push(...Object.keys(matchData.metadata));
        sections.set(ref, entry);
      }
    }
    const rank = ({ score, words: had }) => score * (had / words.length) ** 2;
    return [...sections.values()].sort((a, b) => rank(b) - rank(a));
  };

  // The stretch of the text where most of the words are.
  const excerpt = (text, stems) => {
    const words = text.split(" ");
    const hits = words.map((word) => stems.some((stem) => plain(word).toLowerCase().includes(stem)));
    let best = 0, most = -1;
    for (let start = 0; start < Math.max(1, words.length - 10); start++) {
      const here = hits.slice(start, start + 28).filter(Boolean).length;
      if (here > most) [best, most] = [start, here];
    }
    const parts = [best ? "… " : ""];
    for (let i = best; i < Math.min(best + 28, words.length); i++) {
      const mark = Object.assign(document.createElement("mark"), { textContent: words[i] });
      parts.push(hits[i] ? mark : words[i], " ");
    }
    return parts;
  };

  const show = ({ ref, stems }) => {
    const section = SECTIONS[ref];
    const item = document.createElement("li");
    const link = Object.assign(document.createElement("a"), { href: section.url });
    const words = document.createElement("p");
    link.textContent = section.heading;
    item.append(link);
    if (section.page !== section.heading) item.append(` in ${section.page}`);
    words.append(...excerpt(section.text, stems));
    item.append(words);
    list.append(item);
  };

  box.value = asked;
  const words = lunr.tokenizer(plain(asked)).map(String);
  if (!words.length) return;
  const results = look(words);
  count.textContent = results.length
    ? `The best of ${results.length} sections for “${asked}”:`
    : `Nothing for “${asked}”. Formulas can be searched too, such as Wᵀr.`;
  results.slice(0, 12).forEach(show);
})();
