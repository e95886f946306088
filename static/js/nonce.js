// noncedStyles lets libraries that style themselves by <style> elements work
// under a policy that knows no 'unsafe-inline': each such element gets this
// response's nonce. Call it before such a library is loaded.
export function noncedStyles() {
  const { nonce } = document.querySelector("script[nonce]");
  const make = document.createElement.bind(document);
  document.createElement = (tag, ...rest) => {
    const element = make(tag, ...rest);
    if (/^style$/i.test(tag)) element.nonce = nonce;
    return element;
  };
  // A style attribute is refused, the same through the object model is not.
  const setAttribute = Element.prototype.setAttribute;
  Element.prototype.setAttribute = function set(name, value) {
    if (/^style$/i.test(name)) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
}
