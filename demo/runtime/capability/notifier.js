// Notifier is the OnData of fields and selection states.
export class Notifier {
  #listeners = new Set();

  bind(listener) {
    this.#listeners.add(listener);
  }

  unbind(listener) {
    this.#listeners.delete(listener);
  }

  once(listener) {
    const last = (...args) => {
      this.unbind(last);
      listener(...args);
    };
    this.bind(last);
  }

  notify(self) {
    [...this.#listeners].forEach((listener) => listener.call(self));
  }
}
