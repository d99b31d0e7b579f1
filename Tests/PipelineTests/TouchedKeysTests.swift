import Testing

@testable import Pipeline

@Suite struct TouchedKeysTests {
    @Test func itHoldsWhatWasPutIn() {
        var random = SeededRandom(seed: 3)
        var keys = TouchedKeys(limit: 1 << 20)
        for _ in 0..<3 {
            var reference: Set<[UInt8]> = []
            for _ in 0..<5000 {
                let key = (0..<Int.random(in: 0...3, using: &random)).map { _ in UInt8.random(in: 0...7, using: &random)
                }
                let other = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    UInt8.random(in: 0...7, using: &random)
                }
                keys.insert(key)
                reference.insert(key)
                #expect(keys.contains(other) == reference.contains(other))
            }
            #expect(keys.count == reference.count)
            keys.removeAll()
            #expect(keys.count == 0 && !keys.contains([1]))
        }
    }

    @Test func beyondItsLimitItHoldsEverything() {
        var keys = TouchedKeys(limit: 2000)
        for key in 0..<1000 { keys.insert(Array("\(key)".utf8)) }
        #expect(keys.isOverfull)
        #expect(keys.contains(Array("anything".utf8)))
        keys.removeAll()
        #expect(!keys.isOverfull && !keys.contains(Array("1".utf8)))
    }
}
