import css from './runtime.css';

let sheet;

// adoptRuntimeStyles adds the style sheet of the embedded user interfaces, in
// the way a strict style-src allows.
export function adoptRuntimeStyles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
}
