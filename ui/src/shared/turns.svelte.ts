// A view whose parts appear one in a frame: built all at once, a large one keeps the window from painting for a tenth of a second.

import { onMount } from "svelte";

/** Views that have been built before: the second time it is quick, and nothing needs to wait. */
const built = new Set<string>();

/** How many parts of a view are there by now, from 1 to `parts`: one more in every frame, and all of them where the view has been built
 *  before in this window. To be called while a component is set up. */
export function inTurn(view: string, parts: number): { readonly there: number } {
  let there = $state(built.has(view) ? parts : 1);
  onMount(() => {
    let frame = 0;
    const next = (): void => {
      there += 1;
      if (there < parts) frame = requestAnimationFrame(next);
      else built.add(view);
    };
    if (there < parts) frame = requestAnimationFrame(next);
    return () => cancelAnimationFrame(frame);
  });
  return {
    get there() {
      return there;
    },
  };
}
