import css from './nebula.css';

let sheet;

// adoptStyles adds our style sheet to the document, once. A constructed sheet
// is not subject to a page's style-src, unlike a style element.
export function adoptStyles() {
  if (!sheet) {
    sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
  }
  if (!document.adoptedStyleSheets.includes(sheet)) {
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
  }
}
