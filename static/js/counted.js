// Sentences with numbers in the page's language. They come from the page, with
// places as in the catalogue: "%d", or "%[1]d" where the order differs.

const { lang } = document.documentElement;

// counted fills the plural form that n takes. forms is JSON: sentences by form.
export function counted(forms, n) {
  const sentences = JSON.parse(forms);
  return filled(sentences[new Intl.PluralRules(lang).select(n)] ?? sentences.other, n);
}

// filled puts numbers into the places of a sentence.
export function filled(sentence, ...numbers) {
  const format = new Intl.NumberFormat(lang);
  let next = 0;
  return sentence.replace(/%(?:\[(\d)\])?d/g, (_, place) => format.format(numbers[place ? place - 1 : next++]));
}
