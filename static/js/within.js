// within rejects when a promise takes longer than ms.
export function within(promise, ms) {
  const late = new Promise((_, reject) => { setTimeout(() => reject(new Error("no answer")), ms); });
  return Promise.race([promise, late]);
}
