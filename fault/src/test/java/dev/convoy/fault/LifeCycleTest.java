/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.convoy.fault.LifeCycle.Stage;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LifeCycleTest {
    /** The way to each stage. */
    private static final Map<Stage, Consumer<LifeCycle>> WAYS = Map.of(
            Stage.PREPARED, life -> {},
            Stage.FORMED, LifeCycleTest::form,
            Stage.RUNNING, LifeCycleTest::begin,
            Stage.RELEASED, LifeCycleTest::complete,
            Stage.FINISHED, LifeCycleTest::finish,
            Stage.LEFT, LifeCycleTest::leave,
            Stage.FAILED, LifeCycleTest::fail,
            Stage.CLOSED, LifeCycle::closed);

    private static void form(LifeCycle life) {
        life.forming();
        life.formed();
    }

    private static void begin(LifeCycle life) {
        form(life);
        life.running();
    }

    private static void complete(LifeCycle life) {
        begin(life);
        life.ran(true);
        life.runEnds();
    }

    private static void finish(LifeCycle life) {
        complete(life);
        life.finished();
    }

    private static void leave(LifeCycle life) {
        begin(life);
        life.ran(false);
        life.runEnds();
    }

    private static void fail(LifeCycle life) {
        begin(life);
        life.runEnds();
    }

    @ParameterizedTest
    @EnumSource(Stage.class)
    void eachStageAllowsWhatItsNameSays(Stage stage) {
        LifeCycle life = new LifeCycle();
        WAYS.get(stage).accept(life);

        assertThat(life.stage()).isEqualTo(stage);
        assertThat(life.awaitsRun())
                .isEqualTo(Set.of(Stage.PREPARED, Stage.FORMED).contains(stage));
        assertThat(life.hasLeft()).isEqualTo(stage == Stage.LEFT);
        assertThat(life.isClosed()).isEqualTo(stage == Stage.CLOSED);
        allows(stage != Stage.CLOSED, life::requireOpen, "this group is closed");
        allows(stage != Stage.LEFT, life::requireNotLeft, "this process has left the group");
        allows(stage == Stage.RUNNING, life::requireRunning, "leave() is for a process whose run() is under way");
        allows(stage == Stage.RELEASED, life::requireReleased, "finish() belongs after run(), once");
        allows(stage == Stage.FORMED, life::running, "run() was called before");
    }

    private static void allows(boolean expected, ThrowingCallable call, String otherwise) {
        if (expected) {
            assertThatCode(call).doesNotThrowAnyException();
        } else {
            assertThatIllegalStateException().isThrownBy(call).withMessageStartingWith(otherwise);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Stage.class, names = "RUNNING", mode = EnumSource.Mode.EXCLUDE)
    void theEndOfARunChangesNothingThatWasDecidedBefore(Stage stage) {
        LifeCycle life = new LifeCycle();
        WAYS.get(stage).accept(life);

        life.runEnds();

        assertThat(life.stage()).isEqualTo(stage);
    }
}
