/// What one channel has in hand, and whether it moves on.
struct ChannelLoad {
    private(set) var count = 0
    private(set) var bytes = 0
    /// By the process's clock; nil once it has come down to half.
    private var fullSinceMs: Int64?
    /// Full for so long that the other channels must not wait for it.
    private(set) var isSlow = false

    /// Full or on its way down, and quick enough to be waited for.
    var isWaitedFor: Bool { fullSinceMs != nil && !isSlow }

    mutating func add(_ recordBytes: Int) {
        count += 1
        bytes += recordBytes
    }

    mutating func remove(_ recordBytes: Int) {
        count -= 1
        bytes -= recordBytes
    }

    func isFull(_ share: Share) -> Bool { count >= share.count || bytes >= share.bytes }

    mutating func judge(_ share: Share, slowMs: Int64, nowMs: Int64) {
        if isFull(share) {
            fullSinceMs = fullSinceMs ?? nowMs
        } else if count * 2 <= share.count, bytes * 2 <= share.bytes {
            fullSinceMs = nil
        }
        isSlow = fullSinceMs.map { nowMs - $0 > slowMs } ?? false
    }

    /// What a channel may have in hand.
    struct Share {
        let count: Int
        let bytes: Int
    }
}

extension DeliveryWindow {
    /// So that all channels that are slow leave room for one that is not.
    var share: ChannelLoad.Share {
        let parts = channels.count + 1
        return ChannelLoad.Share(
            count: max(1, min(limits.channelMax, limits.openMax / parts)), bytes: limits.openBytesMax / parts)
    }

    func isFull(_ channel: String) -> Bool { channels[channel]?.isFull(share) ?? false }

    func judgeChannels(_ time: SenderTime) {
        let share = share
        for channel in channels.keys {
            channels[channel]!.judge(share, slowMs: limits.slowMs, nowMs: time.processMs)
            if channels[channel]!.count == 0 { channels[channel] = nil }
        }
    }
}
