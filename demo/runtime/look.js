// Look is how an embedded user interface appears: its theme and language. What
// the attributes say wins; without a word it follows the page around it.

const languages = ['de-DE', 'en-US', 'es-ES', 'fr-FR', 'it-IT', 'ja-JP', 'ko-KR', 'nl-NL', 'pl-PL', 'pt-BR', 'ru-RU', 'sv-SE', 'tr-TR', 'zh-CN', 'zh-TW'];

export class Look {
  constructor(root, props, onChange) {
    Object.assign(this, { root, props, onChange });
    this.preference = matchMedia('(prefers-color-scheme: dark)');
    this.refresh = () => this.apply();
    this.preference.addEventListener('change', this.refresh);
    // Pages switch their scheme by an attribute or a class of the root.
    this.observer = new MutationObserver(this.refresh);
    this.observer.observe(document.documentElement, { attributes: true });
    this.apply();
  }

  setProps(props) {
    this.props = props;
    this.apply();
  }

  apply() {
    const next = { theme: this.theme(), language: this.language(), context: this.context() };
    if (JSON.stringify(next) === JSON.stringify(this.current)) {
      return;
    }
    const first = !this.current;
    this.current = next;
    this.root.dataset.theme = next.theme;
    if (!first) {
      this.onChange();
    }
  }

  theme() {
    const wanted = this.props.context?.theme ?? this.props.theme ?? '';
    if (/dark/i.test(wanted)) {
      return 'dark';
    }
    if (wanted && !/^(auto|system)$/i.test(wanted)) {
      return 'light'; // themes of a tenant are not known here
    }
    const scheme = getComputedStyle(this.root.parentElement).colorScheme;
    const follows = wanted || (scheme.includes('dark') && scheme.includes('light'));
    return (follows ? this.preference.matches : scheme.includes('dark')) ? 'dark' : 'light';
  }

  language() {
    const wanted = this.props.context?.language ?? this.props.language ?? document.documentElement.lang;
    const [base] = (wanted || 'en').toLowerCase().split('-');
    return languages.find((name) => name.toLowerCase() === wanted?.toLowerCase())
      ?? languages.find((name) => name.startsWith(base)) ?? 'en-US';
  }

  context() {
    const { theme, language, ...rest } = this.props.context ?? {};
    return rest;
  }

  destroy() {
    this.preference.removeEventListener('change', this.refresh);
    this.observer.disconnect();
  }
}
