// A canvas that is drawn at pixel size, and again whenever its size or the pixel ratio changes.

import type { Action } from "svelte/action";

export type Draw = (context: CanvasRenderingContext2D, width: number, height: number, ratio: number) => void;

/** `use:drawn={draw}`: the function is called with a context scaled to CSS pixels; a new function redraws. */
export const drawn: Action<HTMLCanvasElement, Draw> = (canvas, first) => {
  let draw = first;
  let frame = 0;
  const paint = (): void => {
    frame = 0;
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = canvas;
    if (width === 0 || height === 0) return;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== w || canvas.height !== h) {
      canvas.width = w;
      canvas.height = h;
    }
    const context = canvas.getContext("2d");
    if (!context) return;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height, ratio);
  };
  const soon = (): void => {
    if (frame === 0) frame = requestAnimationFrame(paint);
  };
  const observer = new ResizeObserver(soon);
  observer.observe(canvas);
  soon();
  return {
    update(next: Draw) {
      draw = next;
      soon();
    },
    destroy() {
      observer.disconnect();
      cancelAnimationFrame(frame);
    },
  };
};
