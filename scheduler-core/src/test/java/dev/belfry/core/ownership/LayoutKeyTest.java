package dev.belfry.core.ownership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class LayoutKeyTest {

    @Test
    void takesEveryUidThatAJobCanHave() {
        for (String uid : new String[] {"a", "Zz09._~@-", "nightly~6b54acdd", "x".repeat(200)}) {
            assertThat(new LayoutKey(uid, 1).jobUid()).isEqualTo(uid);
        }
    }

    @Test
    void refusesOthersAndSaysWhatItExpects() {
        for (String uid : new String[] {"", "a/b", "a b", "ä", "{", "[", "`", "x".repeat(201)}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new LayoutKey(uid, 1))
                    .withMessageContaining("not a job uid: '" + uid + "'; expected [A-Za-z0-9._~@-]{1,200}");
        }
    }
}
