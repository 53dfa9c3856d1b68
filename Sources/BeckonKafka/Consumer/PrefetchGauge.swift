/// How full librdkafka's queue is, so that the fetcher is woken before the queue runs dry.
///
/// A fetcher that finds `queued.min.messages` in the queue sleeps for a second, and no call is there to wake it early. So
/// the queue is usually given room for hundreds of megabytes, each of which is then new memory to the process and cold
/// to its caches. Here it stays small: any request to the same broker ends the sleep, and one is sent in time.
struct PrefetchGauge {
    /// `queued.min.messages`.
    static let messagesMax = 32_768
    private static let messagesLow = 16_384

    private var mayBeAsleep = false

    /// To be told before each batch. True where the fetcher is to be woken.
    mutating func isDry(_ queued: Int, batch: Int) -> Bool {
        if queued >= Self.messagesMax - 2 * batch { mayBeAsleep = true }
        guard mayBeAsleep, queued < Self.messagesLow else { return false }
        mayBeAsleep = false
        return true
    }
}
