/** What one realm keeps sealed for long: secrets of API keys and identity providers, memorable words, control questions. */
export interface SealedRows {
  /**
   * Seals at most `limit` of them that stand under another secret anew, under the newest; how many. What cannot be opened stays as it is,
   * and what is changed meanwhile as it was changed.
   */
  reseal(limit: number): Promise<number>;
}
