// Buttons that copy an address; without this script they are not shown.
(() => {
  'use strict';
  for (const button of document.querySelectorAll('.copy-address')) {
    const words = button.textContent;
    button.hidden = !navigator.clipboard;
    button.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(button.dataset.text);
        button.textContent = button.dataset.done;
        setTimeout(() => { button.textContent = words; }, 3000);
      } catch { getSelection().selectAllChildren(button.previousElementSibling); }
    });
  }
})();
