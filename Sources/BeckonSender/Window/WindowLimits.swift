/// How much a sender has in hand.
struct WindowLimits {
    /// Calls under way.
    var callsMax = 1_000
    /// Deliveries in lanes: beyond it nothing more is read.
    var openMax = 10_000
    /// Bytes of their records.
    var openBytesMax = 64 << 20
    /// Deliveries of one topic whose offsets are not passed, closed ones among them: beyond it no more of it is read.
    var heldMax = 100_000
    /// Retries that sleep until they are due: beyond it no more retries are read, and those behind come late.
    var sleepingMax = 20_000
    /// Deliveries of one channel in lanes, or its share of what may be in hand if that is less. At it the channel is full: no more
    /// decisions are read until it has come down to half; unless it is slow, then its further decisions go through the retries, so
    /// that the others need not wait.
    var channelMax = 2_500
    /// A channel that needs longer from full to half is slow.
    var slowMs: Int64 = 1_000
    /// When a retry of a channel that is full is looked at again.
    var fullPauseMs: Int64 = 1_000
    /// A decision that has waited so long for a provider goes through the retries, and the offset is free.
    var waitMsMax: Int64 = 20_000
    /// When what has given up its place is due again.
    var overflowDelayMs: Int64 = 15_000
    /// Closed retries that may wait for one that sleeps before them: beyond it the sleeping one is written anew, behind.
    var heldBehindSleepingMax = 1_000
    /// From a commit to the begin of its calls: who stood still for longer may have been replaced.
    var beginMsMax: Int64 = 5_000
}
