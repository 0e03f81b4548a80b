/** What is inside is shown as large as it fits: legible from the back row. It only ever becomes smaller while it is looked at. */
const STEPS = [1.45, 1.3, 1.15, 1];

/** An attachment for what scrolls; `change` hears how much larger than usual its content is to be. */
export function filled(change: (zoom: number) => void): (element: HTMLElement) => () => void {
  return (element) => {
    let step = 0;
    change(STEPS[0]!);
    const look = () => {
      if (step < STEPS.length - 1 && (element.scrollHeight > element.clientHeight + 1 || element.scrollWidth > element.clientWidth + 1)) {
        step += 1;
        change(STEPS[step]!);
        requestAnimationFrame(look);
      }
    };
    const content = new ResizeObserver(look);
    const room = new ResizeObserver(() => {
      step = 0;
      change(STEPS[0]!);
      requestAnimationFrame(look);
    });
    room.observe(element);
    for (const child of element.children) content.observe(child);
    return () => {
      content.disconnect();
      room.disconnect();
    };
  };
}
