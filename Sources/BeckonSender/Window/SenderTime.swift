import BeckonModel

/// What time it is: expiry and retries go by the wall clock, short delays and limits by the process's own.
struct SenderTime {
    /// Milliseconds since 1970.
    let wallMs: Milliseconds
    /// Never goes back; goes on while the process stands still.
    let processMs: Int64
}
