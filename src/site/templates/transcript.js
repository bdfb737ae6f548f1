// The transcript: it follows the audio cue for cue, is searched, and scrolls in a box of its own.
// Without this script all of it stands on the page, and its times are links to its lines.
(() => {
  'use strict';
  const audio = document.querySelector('.player audio');
  // One character for one, so that a place in the folded text is a place in the text. Marks that
  // are letters of their own (Thai, Devanagari, …) stay.
  const fold = (text) => text.replace(/./gsu, (c) => {
    const plain = c.normalize('NFD').replace(/[\u0300-\u036f\u0591-\u05c7\u064b-\u065f]/g, '').normalize('NFC').toLowerCase();
    return plain.length === c.length ? plain : c;
  });
  for (const transcript of document.querySelectorAll('.transcript')) {
    const box = transcript.querySelector('.said');
    const field = transcript.querySelector('.search');
    const status = transcript.querySelector('.status');
    const follow = transcript.querySelector('.follow input');
    const paragraphs = [...box.querySelectorAll('p')];
    const cues = [...box.querySelectorAll('[data-at]')];
    const starts = cues.map((cue) => Number(cue.dataset.at));
    box.classList.add('boxed');
    for (const element of transcript.querySelectorAll('.search, .follow')) element.hidden = false;

    // A link to a line opens the transcript at it.
    const reveal = () => {
      const line = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (line && box.contains(line)) { transcript.open = true; into_view(line); }
    };
    const into_view = (line) => {
      const [outer, inner] = [box.getBoundingClientRect(), line.getBoundingClientRect()];
      if (inner.top < outer.top + 24 || inner.bottom > outer.bottom - 24) {
        box.scrollTop += inner.top - outer.top - outer.height / 3;
      }
    };
    let current = -1;
    const mark = () => {
      let [low, high] = [0, starts.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (starts[middle] <= audio.currentTime + 0.05) low = middle + 1; else high = middle;
      }
      if (low - 1 === current || (audio.paused && audio.currentTime === 0)) return;
      cues[current]?.classList.remove('spoken');
      current = low - 1;
      const cue = cues[current];
      cue?.classList.add('spoken');
      if (cue && transcript.open && follow.checked && !field.querySelector('input').value) into_view(cue);
    };
    audio?.addEventListener('timeupdate', mark);
    audio?.addEventListener('seeked', mark);
    // Who scrolls wants to read elsewhere.
    for (const event of ['wheel', 'touchmove']) box.addEventListener(event, () => { follow.checked = false; }, { passive: true });
    follow.addEventListener('change', () => { if (follow.checked && cues[current]) into_view(cues[current]); });
    box.addEventListener('dblclick', (event) => {
      const cue = event.target.closest('[data-at]');
      if (cue && audio) { audio.currentTime = Number(cue.dataset.at); audio.play().catch(() => {}); }
    });

    // Words are found across cues: each paragraph is searched as one text.
    let texts = null;
    const read = () => paragraphs.map((p) => {
      const nodes = [];
      let text = '';
      for (const cue of p.querySelectorAll('[data-at]')) {
        nodes.push([text.length, cue.firstChild]);
        // As on the page: in some scripts nothing stands between two cues.
        text += `${cue.textContent}${cue.nextSibling?.nodeType === Node.ELEMENT_NODE ? '' : ' '}`;
      }
      return { p, nodes, text: fold(text) };
    });
    field.addEventListener('input', () => {
      const wanted = fold(field.querySelector('input').value.trim());
      // One letter is little in scripts of letters, and a word in others.
      const enough = [...wanted].length > 1 || /[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Thai}]/u.test(wanted);
      texts ??= read();
      const ranges = [];
      let first = null;
      for (const { p, nodes, text } of texts) {
        const before = ranges.length;
        for (let from = 0; enough && (from = text.indexOf(wanted, from)) >= 0; from += wanted.length) {
          const at = (offset) => nodes.findLast(([start]) => start <= offset);
          const [[start, head], [end, tail]] = [at(from), at(from + wanted.length - 1)];
          const range = new Range();
          range.setStart(head, Math.min(from - start, head.length));
          range.setEnd(tail, Math.min(from + wanted.length - end, tail.length));
          ranges.push(range);
        }
        p.hidden = enough && ranges.length === before;
        first ??= ranges.length > before ? p : null;
      }
      if (window.Highlight) CSS.highlights.set('found', new Highlight(...ranges));
      const words = ranges.length === 0 ? field.dataset.none
        : `${ranges.length} ${ranges.length === 1 ? field.dataset.one : field.dataset.many}`;
      status.textContent = enough ? words : '';
      box.scrollTop = 0;
    });
    addEventListener('hashchange', reveal);
    reveal();
  }
})();
