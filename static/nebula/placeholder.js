import stardust from '@nebula.js/stardust';

const { useEffect, useElement } = stardust;

export function placeholderElement(type) {
  const box = document.createElement('div');
  box.className = 'vn-placeholder';
  box.textContent = `This kind of chart (${type}) is not drawn here.`;
  return box;
}

export default (type) => () => ({
  qae: { properties: { initial: {} } },
  component() {
    const element = useElement();
    useEffect(() => {
      element.replaceChildren(placeholderElement(type));
    }, []);
  },
});
