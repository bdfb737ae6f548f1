// Beside the browser's own player: chapters, transcript and address seek, place and speed are
// remembered, and Apple's player comes only when asked for. Without this script the page works too.
(() => {
  'use strict';
  const player = document.querySelector('.player');
  const audio = player && player.querySelector('audio');
  if (!audio) return;
  const show = (element) => { if (element) element.hidden = false; };
  const clock = (seconds) => {
    const two = (number) => String(number).padStart(2, '0');
    const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60];
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };
  // Storage may be forbidden; then nothing is remembered.
  const memory = {
    get(key) { try { return localStorage.getItem(`onair:${key}`); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(`onair:${key}`, value); } catch { /* not remembered */ } },
  };

  const seek = (seconds) => {
    audio.currentTime = seconds;
    audio.play().catch(() => {});
  };
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[data-t]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    history.replaceState(null, '', `#t=${link.dataset.t}`);
    seek(Number(link.dataset.t));
  });
  const fromAddress = () => {
    const seconds = Number((/^#t=(\d+)/.exec(location.hash) || [])[1]);
    if (seconds) audio.currentTime = seconds;
    return Boolean(seconds);
  };
  addEventListener('hashchange', fromAddress);

  const speed = player.querySelector('.speed');
  const rate = speed.querySelector('select');
  rate.value = memory.get('speed') || '1';
  if (!rate.value) rate.value = '1';
  audio.defaultPlaybackRate = audio.playbackRate = Number(rate.value);
  rate.addEventListener('change', () => {
    audio.defaultPlaybackRate = audio.playbackRate = Number(rate.value);
    memory.set('speed', rate.value);
  });
  show(speed);

  const place = `place:${player.dataset.guid}`;
  const resume = player.querySelector('.resume');
  const last = Number(memory.get(place));
  if (!fromAddress() && last > 15) {
    resume.querySelector('span').textContent = clock(last);
    resume.addEventListener('click', () => { resume.hidden = true; seek(last); audio.focus(); });
    show(resume);
  }

  const chapters = [...document.querySelectorAll('.chapters a[data-t]')];
  let saved = 0;
  audio.addEventListener('timeupdate', () => {
    const now = audio.currentTime;
    let current = null;
    for (const chapter of chapters) if (Number(chapter.dataset.t) <= now + 0.2) current = chapter;
    for (const chapter of chapters) {
      if (chapter === current) chapter.setAttribute('aria-current', 'true');
      else chapter.removeAttribute('aria-current');
    }
    if (Math.abs(now - saved) > 5) memory.set(place, String(Math.floor(saved = now)));
  });
  audio.addEventListener('play', () => { resume.hidden = true; });
  audio.addEventListener('ended', () => memory.set(place, '0'));

  if ('mediaSession' in navigator) {
    const image = player.querySelector('img');
    navigator.mediaSession.metadata = new MediaMetadata({
      title: player.dataset.title,
      artist: player.dataset.show,
      artwork: image ? [{ src: image.src }] : [],
    });
    const skip = (seconds) => () => { audio.currentTime = Math.max(0, audio.currentTime + seconds); };
    navigator.mediaSession.setActionHandler('seekbackward', skip(-15));
    navigator.mediaSession.setActionHandler('seekforward', skip(30));
  }

  const embed = player.querySelector('.embed');
  if (embed) {
    show(embed);
    const button = embed.querySelector('button');
    button.addEventListener('click', () => {
      const frame = document.createElement('iframe');
      frame.title = 'Apple Podcasts';
      frame.src = button.dataset.embed;
      frame.allow = 'autoplay; encrypted-media; clipboard-write';
      frame.setAttribute('sandbox', 'allow-forms allow-popups allow-same-origin allow-scripts allow-top-navigation-by-user-activation');
      audio.pause();
      embed.replaceChildren(frame);
      frame.focus();
    });
  }

  const transcript = document.querySelector('.transcript');
  if (!transcript) return;
  const field = transcript.querySelector('.search');
  const status = transcript.querySelector('.status');
  const paragraphs = [...transcript.querySelectorAll('p')].filter((p) => p.querySelector('[data-t]'));
  // One character for one, so that a place in the folded text is a place in the text.
  const fold = (text) => text.replace(/./gsu, (c) => {
    const plain = c.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
    return plain.length === c.length ? plain : c;
  });
  const folded = paragraphs.map((p) => fold(p.querySelector('span').textContent));
  field.addEventListener('input', () => {
    const wanted = fold(field.querySelector('input').value.trim());
    const ranges = [];
    paragraphs.forEach((p, at) => {
      const before = ranges.length;
      const text = p.querySelector('span').firstChild;
      for (let from = 0; wanted.length > 1 && (from = folded[at].indexOf(wanted, from)) >= 0; from += wanted.length) {
        const range = new Range();
        range.setStart(text, from);
        range.setEnd(text, from + wanted.length);
        ranges.push(range);
      }
      p.hidden = wanted.length > 1 && ranges.length === before;
    });
    if (window.Highlight) CSS.highlights.set('found', new Highlight(...ranges));
    const words = ranges.length === 0 ? field.dataset.none
      : `${ranges.length} ${ranges.length === 1 ? field.dataset.one : field.dataset.many}`;
    status.textContent = wanted.length > 1 ? words : '';
  });
  show(field);
})();
