/** The mark of the product: a handset's wave in a square. */
export function Mark() {
  return (
    <svg class="bar-mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="#0b5c7d" />
      <path d="M6 17h4l3-9 5 17 4-11 1.500 3H27" fill="none" stroke="#fff" stroke-width="2.400" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}
