/** A small count for each request, by its number: hours of load fit into memory. */
export class Tally {
  #counts = new Uint8Array(65_536)

  add (number: number): number {
    if (number >= this.#counts.length) {
      const larger = new Uint8Array(Math.max(this.#counts.length, number) * 2)
      larger.set(this.#counts)
      this.#counts = larger
    }
    const count = Math.min(this.of(number) + 1, 255)
    this.#counts[number] = count
    return count
  }

  of (number: number): number {
    return this.#counts[number] ?? 0
  }
}
