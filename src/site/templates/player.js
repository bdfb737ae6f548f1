// The player: own controls over the browser's audio element, which alone loads and plays. One audio
// plays at a time, over the lists too; place and speed are remembered on this device and go nowhere.
// Without this script the browser's controls stand in its place.
(() => {
  'use strict';
  const BACK = 15, ON = 30, STEP = 5;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const clock = (seconds) => {
    const two = (number) => String(number).padStart(2, '0');
    const whole = Math.max(0, Math.floor(seconds));
    const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
    return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
  };
  // Exact to the tenth: 95, 95.5.
  const tenths = (seconds) => String(Math.floor(seconds * 10 + 1e-6) / 10);
  // Two shows of one host may have episodes of the same guid: a place belongs to the site of this script.
  const site = new URL('../', document.currentScript?.src ?? document.baseURI).pathname;
  const place_of = (guid) => `place:${site}:${guid}`;
  // Storage may be forbidden; then nothing is remembered.
  const memory = {
    get(key) { try { return localStorage.getItem(`onair:${key}`); } catch { return null; } },
    set(key, value) { try { localStorage.setItem(`onair:${key}`, value); } catch { /* not remembered */ } },
  };
  // `t=95.5`, `t=1:35`, `t=1m35s`, `t=npt:95,120`, behind `?` or `#`.
  const place = (text) => {
    const given = /(?:^|[?#&])t=(?:npt:)?([\d.:hms]+)/i.exec(text)?.[1];
    if (!given) return null;
    const named = /^(?:(\d+)h)?(?:(\d+)m)?(?:([\d.]+)s?)?$/i.exec(given);
    const seconds = given.includes(':')
      ? given.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
      : named ? Number(named[1] ?? 0) * 3600 + Number(named[2] ?? 0) * 60 + Number(named[3] ?? 0) : NaN;
    return Number.isFinite(seconds) ? seconds : null;
  };

  const home = document.querySelector('.player');
  const audio = home?.querySelector('audio') ?? new Audio();
  audio.preload = 'none';
  // What can be played: the page's own episode, or one of a list.
  const trackOf = (element, image) => ({
    guid: element.dataset.guid,
    title: element.dataset.title,
    show: element.dataset.show,
    seconds: Number(element.dataset.seconds) || 0,
    page: element.dataset.page,
    source: element.dataset.src ?? element.querySelector('audio')?.getAttribute('src'),
    image,
    chapters: [],
  });
  const own = home && trackOf(home, home.querySelector('img') ?? document.querySelector('.show img'));
  const links = all('.chapters a[data-t]');
  if (own) own.chapters = JSON.parse(home.dataset.chapters ?? '[]').map(([start, title], at) => ({ start, title, link: links[at] }));

  const listeners = [];
  const tell = () => { for (const listener of listeners) listener(); };
  let track = own;
  // Where to begin, until the audio is there to be asked.
  let pending = 0;
  let begun = false;
  const length = () => (Number.isFinite(audio.duration) && audio.duration > 0 ? audio.duration : track?.seconds ?? 0);
  const now = () => (audio.readyState > 0 ? audio.currentTime : pending);
  const remembered = (guid) => {
    const last = Number(memory.get(place_of(guid)));
    return last > STEP ? last : 0;
  };
  const chapterAt = (seconds) => {
    let current = null;
    for (const chapter of track?.chapters ?? []) if (chapter.start <= seconds + 0.2) current = chapter;
    return current;
  };
  const go = (seconds) => {
    pending = Math.min(Math.max(0, seconds), Math.max(0, length() - 0.1));
    audio.currentTime = pending;
    tell();
  };
  const play = () => {
    begun = true;
    if (audio.readyState === 0) audio.currentTime = pending;
    audio.play().catch(() => {});
  };
  const load = (next) => {
    if (next.guid === track?.guid) return;
    keep();
    track = next;
    audio.src = track.source;
    pending = remembered(track.guid);
    audio.defaultPlaybackRate = audio.playbackRate = rate;
    session();
  };
  const toggle = (wanted) => {
    load(wanted);
    if (audio.paused) play(); else audio.pause();
    tell();
  };
  const keep = () => { if (track && begun && audio.readyState > 0) memory.set(place_of(track.guid), tenths(audio.currentTime)); };

  let rate = Number(memory.get('speed')) || 1;
  const rated = (value) => {
    rate = Math.min(3, Math.max(0.5, value));
    audio.defaultPlaybackRate = audio.playbackRate = rate;
    memory.set('speed', String(rate));
    tell();
  };
  audio.defaultPlaybackRate = audio.playbackRate = rate;

  audio.addEventListener('loadedmetadata', () => {
    // Some browsers forget a place that was asked for before there was anything to seek in.
    if (Math.abs(audio.currentTime - pending) > 0.5) audio.currentTime = pending;
    tell();
  });
  let saved = 0;
  audio.addEventListener('timeupdate', () => {
    if (audio.readyState > 0) pending = audio.currentTime;
    if (Math.abs(audio.currentTime - saved) > 5) { saved = audio.currentTime; keep(); }
    tell();
  });
  for (const event of ['play', 'pause', 'progress', 'seeked', 'ratechange', 'volumechange', 'waiting', 'playing', 'error']) audio.addEventListener(event, tell);
  audio.addEventListener('pause', keep);
  audio.addEventListener('ended', () => { if (track) memory.set(place_of(track.guid), '0'); pending = 0; tell(); });
  addEventListener('pagehide', keep);

  // Another tab of this site that plays stops this one.
  if ('BroadcastChannel' in window) {
    const channel = new BroadcastChannel('onair');
    audio.addEventListener('play', () => channel.postMessage('play'));
    channel.addEventListener('message', () => audio.pause());
  }

  // The lock screen, and the keys of a keyboard or headset.
  const session = () => {
    if (!('mediaSession' in navigator) || !track) return;
    const image = track.image?.currentSrc || track.image?.src;
    navigator.mediaSession.metadata = new MediaMetadata({
      title: chapterAt(now())?.title ?? track.title,
      artist: track.show,
      album: track.chapters.length ? track.title : track.show,
      artwork: image ? [{ src: image }] : [],
    });
    const handle = (action, handler) => {
      try { navigator.mediaSession.setActionHandler(action, handler); } catch { /* not known to this browser */ }
    };
    handle('play', play);
    handle('pause', () => audio.pause());
    handle('seekbackward', (details) => go(now() - (details.seekOffset || BACK)));
    handle('seekforward', (details) => go(now() + (details.seekOffset || ON)));
    handle('seekto', (details) => go(details.seekTime));
    const chapters = track.chapters.length > 1;
    handle('previoustrack', chapters ? () => leap(-1) : null);
    handle('nexttrack', chapters ? () => leap(1) : null);
  };
  const leap = (direction) => {
    const starts = (track?.chapters ?? []).map((chapter) => chapter.start);
    const at = now();
    // Back first leads to the start of the chapter that plays.
    const next = direction > 0 ? starts.find((start) => start > at + 0.3) : starts.findLast((start) => start < at - 2);
    if (next !== undefined) go(next); else if (direction < 0) go(0);
  };

  // A set of controls: of one episode (`fixed`), or of whatever plays.
  const controls = (root, fixed) => {
    const part = (selector) => root.querySelector(selector);
    const seek = part('.seek'), toggles = part('.toggle'), elapsed = part('.elapsed'), total = part('.total');
    const [played, buffered, rail] = [part('.played'), part('.buffered'), part('.rail')];
    const select = part('.speed select'), volume = part('.volume input'), title = part('.now span');
    const active = () => !fixed || track?.guid === fixed.guid;
    const mine = (action) => () => { if (fixed) load(fixed); action(); };
    const on = (selector, action) => part(selector)?.addEventListener('click', mine(action));
    toggles.addEventListener('click', () => toggle(fixed ?? track));
    on('.back', () => go(now() - BACK));
    on('.on', () => go(now() + ON));
    on('.previous', () => leap(-1));
    on('.next', () => leap(1));
    let dragging = false;
    seek.addEventListener('input', () => { dragging = true; show(Number(seek.value)); });
    seek.addEventListener('change', mine(() => { dragging = false; go(Number(seek.value)); }));
    select?.addEventListener('change', () => rated(Number(select.value)));
    volume?.addEventListener('input', () => { audio.muted = false; audio.volume = Number(volume.value) / 100; });
    root.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('select, .volume input')) return;
      const sliding = event.target === seek;
      const keys = {
        ' ': event.target.matches('button, a, summary') ? null : () => toggle(fixed ?? track),
        k: () => toggle(fixed ?? track),
        ArrowLeft: () => go(now() - (sliding ? STEP : BACK)), j: () => go(now() - BACK),
        ArrowRight: () => go(now() + (sliding ? STEP : ON)), l: () => go(now() + ON),
        // Elsewhere these scroll the page.
        ...(sliding && {
          ArrowDown: () => go(now() - STEP), ArrowUp: () => go(now() + STEP),
          PageDown: () => go(now() - 60), PageUp: () => go(now() + 60),
          Home: () => go(0), End: () => go(length() - 1),
        }),
        p: () => leap(-1), n: () => leap(1),
        m: () => { audio.muted = !audio.muted; },
        '<': () => rated(rate - 0.1), '>': () => rated(rate + 0.1),
      };
      const action = keys[event.key];
      if (!action) return;
      event.preventDefault();
      if (fixed) load(fixed);
      action();
    });

    let drawn = null;
    const draw = () => {
      // Chapter marks, and the waveform where there is one, once for each track.
      const shown = fixed ?? track;
      if (!shown || drawn === shown.guid) return;
      drawn = shown.guid;
      // A waveform is a mask, which would cut marks as well.
      const peaks = fixed && root.dataset.peaks;
      const ground = peaks ? rail.parentElement : rail;
      ground.querySelectorAll('b').forEach((mark) => mark.remove());
      for (const { start } of shown.chapters) {
        if (start <= 0 || start >= shown.seconds) continue;
        const mark = document.createElement('b');
        mark.style.left = `${(start / shown.seconds) * 100}%`;
        ground.append(mark);
      }
      if (!peaks) return;
      const heights = [...peaks].map((letter) => parseInt(letter, 36) / 35);
      const bars = heights.map((height, at) => `M${at + 0.5} ${10 - Math.max(0.6, height * 9)}v${Math.max(1.2, height * 18)}`).join('');
      const image = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${heights.length} 20" preserveAspectRatio="none"><path d="${bars}" stroke="#000" stroke-width=".66"/></svg>`;
      ground.classList.add('wave');
      rail.style.maskImage = `url("data:image/svg+xml,${encodeURIComponent(image)}")`;
    };
    const show = (at) => {
      const whole = active() ? length() : fixed.seconds;
      const chapter = active() ? chapterAt(at) : null;
      elapsed.textContent = clock(at);
      total.textContent = whole > 0 ? clock(whole) : '';
      played.style.width = `${whole ? Math.min(100, (at / whole) * 100) : 0}%`;
      seek.setAttribute('aria-valuetext', `${clock(at)} / ${clock(whole)}${chapter ? `, ${chapter.title}` : ''}`);
      if (title && chapter) title.textContent = chapter.title;
      else if (title && !fixed) title.textContent = '';
    };
    const update = () => {
      draw();
      const playing = active() && !audio.paused;
      root.classList.toggle('playing', playing);
      toggles.setAttribute('aria-label', playing ? toggles.dataset.pause : toggles.dataset.play);
      if (!active()) { if (fixed) { seek.value = remembered(fixed.guid); show(remembered(fixed.guid)); } return; }
      root.classList.toggle('waiting', playing && audio.readyState < 3);
      const whole = length();
      seek.max = String(whole);
      if (!dragging) { seek.value = String(now()); show(now()); }
      let end = 0;
      for (let at = 0; at < audio.buffered.length; at += 1) if (audio.buffered.start(at) <= now() + 1) end = Math.max(end, audio.buffered.end(at));
      buffered.style.width = `${whole ? Math.min(100, (end / whole) * 100) : 0}%`;
      if (select && document.activeElement !== select) select.value = all('option', select).some((option) => Number(option.value) === rate) ? String(rate) : '';
      if (volume) volume.value = audio.muted ? '0' : String(Math.round(audio.volume * 100));
      root.classList.toggle('muted', audio.muted || audio.volume === 0);
    };
    listeners.push(update);

    const hint = part('.hint');
    if (hint) {
      part('.timeline').addEventListener('pointermove', (event) => {
        const box = seek.getBoundingClientRect();
        const at = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
        const chapter = active() ? chapterAt(at * length()) : null;
        hint.textContent = `${clock(at * length())}${chapter ? ` ${chapter.title}` : ''}`;
        hint.style.left = `${at * 100}%`;
        hint.hidden = event.pointerType !== 'mouse';
      });
      part('.timeline').addEventListener('pointerleave', () => { hint.hidden = true; });
    }
    return update;
  };

  const message = home?.querySelector('.message');
  const say = (text) => { if (message) message.textContent = text; };
  if (own) {
    audio.controls = false;
    home.classList.add('ours');
    home.querySelector('.deck').hidden = false;
    controls(home, own);
    // iOS leaves the volume to its keys, and there one has nothing to point with.
    home.querySelector('.volume').hidden = !matchMedia('(hover: hover) and (pointer: fine)').matches;
    const asked = place(location.search) ?? place(location.hash);
    const last = remembered(own.guid);
    const start = asked ?? last;
    if (start > 0) {
      go(start);
      say(`${asked === null ? message.dataset.resumes : message.dataset.starts} ${clock(start)}`);
      home.classList.add('set');
    }
    addEventListener('hashchange', () => {
      const seconds = place(location.hash);
      if (seconds !== null) { load(own); go(seconds); }
    });
    audio.addEventListener('play', () => say(''));
    audio.addEventListener('error', () => { if (begun) say(message.dataset.failed); });
    const copy = home.querySelector('.copy');
    copy.addEventListener('click', async () => {
      const link = new URL(own.page, location.href);
      const seconds = track?.guid === own.guid ? now() : 0;
      if (seconds >= 1) link.hash = `t=${tenths(seconds)}`;
      try {
        await navigator.clipboard.writeText(link.href);
        say(`${copy.dataset.done}: ${clock(seconds)}`);
      } catch {
        say(link.href);
      }
    });
    document.addEventListener('click', (event) => {
      const link = event.target.closest?.('a[data-t]');
      if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      history.replaceState(null, '', `#t=${link.dataset.t}`);
      load(own);
      go(Number(link.dataset.t));
      play();
    });
    listeners.push(() => {
      const current = track?.guid === own.guid && (begun || now() > 0) ? chapterAt(now()) : null;
      for (const { link } of own.chapters) {
        if (!link) continue;
        if (link === current?.link) link.setAttribute('aria-current', 'true');
        else link.removeAttribute('aria-current');
      }
    });
    let last_title = null;
    listeners.push(() => {
      const title = chapterAt(now())?.title;
      if (begun && title !== last_title) { last_title = title; session(); }
    });
  }
  audio.addEventListener('play', session);
  audio.addEventListener('timeupdate', () => {
    if (!('mediaSession' in navigator) || !length()) return;
    try { navigator.mediaSession.setPositionState({ duration: length(), playbackRate: audio.playbackRate, position: Math.min(now(), length()) }); } catch { /* not known to this browser */ }
  });

  // The episodes of a list play in place, by a button on their pictures.
  const bar = document.querySelector('.bar');
  const icon = (name) => bar.querySelector(`.icon-${name}`).cloneNode(true);
  const rows = [];
  for (const art of bar ? all('.row .art[data-src]') : []) {
    const link = art.parentElement.querySelector('h3 a');
    if (!link) continue;
    const item = {
      ...trackOf(art, art.querySelector('img')),
      title: link.textContent,
      page: link.href,
      show: document.querySelector('meta[property="og:site_name"]')?.content ?? '',
    };
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'start';
    button.append(icon('play'), icon('pause'));
    art.append(button);
    const { play: start, pause: stop } = bar.querySelector('.toggle').dataset;
    button.addEventListener('click', () => toggle(item.guid === own?.guid ? own : item));
    rows.push(() => {
      const playing = track?.guid === item.guid && !audio.paused;
      button.classList.toggle('playing', playing);
      button.setAttribute('aria-label', `${playing ? stop : start}: ${item.title}`);
    });
  }
  // There may be thousands: only what begins or ends concerns them.
  let told = null;
  listeners.push(() => {
    const state = audio.paused ? '' : `playing ${track?.guid}`;
    if (state === told) return;
    told = state;
    for (const row of rows) row();
  });

  // The small bar: once something has begun, while the player itself is out of sight.
  if (bar) {
    controls(bar, null);
    let inSight = false, closed = false;
    const name = bar.querySelector('.name');
    const place_bar = () => {
      const here = Boolean(own) && track?.guid === own.guid;
      bar.hidden = closed || !begun || (here && inSight);
      document.documentElement.classList.toggle('with-bar', !bar.hidden);
      if (!track || bar.hidden) return;
      name.textContent = track.title;
      name.href = here ? '#content' : track.page;
    };
    if (home) new IntersectionObserver(([entry]) => { inSight = entry.isIntersecting; place_bar(); }).observe(home);
    bar.querySelector('.close').addEventListener('click', () => { audio.pause(); closed = true; place_bar(); });
    audio.addEventListener('play', () => { closed = false; place_bar(); });
    listeners.push(place_bar);
  }
  tell();
})();
