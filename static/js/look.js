// Light or dark, as the person chose or the system says.

const system = matchMedia("(prefers-color-scheme: dark)");

export function lookOf() {
  return document.documentElement.dataset.theme || (system.matches ? "dark" : "light");
}

// onLookChange calls back when it changes, and returns a function that stops it.
export function onLookChange(changed) {
  const tell = () => changed(lookOf());
  system.addEventListener("change", tell);
  const observer = new MutationObserver(tell);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  return () => {
    system.removeEventListener("change", tell);
    observer.disconnect();
  };
}
