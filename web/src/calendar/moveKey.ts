// The key that moves the post which has the focus in the calendar; the list of shortcuts names it too.
export const MOVE_KEY = "m";
