import stardust from '@nebula.js/stardust';

const { useEffect, useElement } = stardust;

export function placeholderElement(type, texts) {
  const box = document.createElement('div');
  box.className = 'vn-placeholder';
  box.textContent = texts.unknown.replace('%s', type);
  return box;
}

export default (type, texts) => () => ({
  qae: { properties: { initial: {} } },
  component() {
    const element = useElement();
    useEffect(() => {
      element.replaceChildren(placeholderElement(type, texts));
    }, []);
  },
});
