// A picture among dropped or pasted files.

/** Return the first picture that was dropped or pasted, by its declared type; null when there is none. */
export function findPicture(data: DataTransfer | null): File | null {
  return [...(data?.files ?? [])].find((file) => file.type.startsWith("image/")) ?? null;
}
