import BeckonSimulator
import Testing

@Suite struct `A simulated fleet` {
    @Test func `is there`() {}
}
