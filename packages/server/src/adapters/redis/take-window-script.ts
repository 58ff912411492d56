import type { Result } from "ioredis";

declare module "ioredis" {
  interface RedisCommander<Context> {
    takeWindow(key: string, at: number, windowIn: number, limit: number, keptIn: number): Result<number, Context>;
  }
}

/**
 * One use of a window, as the database counts it: by the caller's clock, from the first use, refused uses not counted. 0 when it is
 * granted, else the milliseconds until the window ends. Redis's own clock only drops what is long over.
 */
export const takeWindowScript = {
  numberOfKeys: 1,
  lua: `
    local at, window, limit = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
    local kept = redis.call("HMGET", KEYS[1], "began", "used")
    local began, used = tonumber(kept[1] or nil), tonumber(kept[2] or nil)
    if not began or began <= at - window then
      redis.call("HSET", KEYS[1], "began", ARGV[1], "used", 1)
      redis.call("PEXPIRE", KEYS[1], window + tonumber(ARGV[4]))
      return 0
    end
    if used < limit then
      redis.call("HINCRBY", KEYS[1], "used", 1)
      return 0
    end
    return math.min(math.max(began + window - at, 1), window)
  `,
} as const;
