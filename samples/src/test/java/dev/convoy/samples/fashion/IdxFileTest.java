/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class IdxFileTest {

    @Test
    void readsWhatWasWritten() {
        byte[] file = IdxBytes.images(3);
        assertThat(IdxFile.images("x", IdxBytes.gzip(file))).isEqualTo(Arrays.copyOfRange(file, 16, file.length));
        assertThat(IdxFile.labels("x", IdxBytes.gzip(IdxBytes.labels(12))))
                .containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1);
    }

    static Stream<Arguments> damagedImages() {
        byte[] pixels = new byte[2 * 784];
        byte[] sound = IdxBytes.gzip(IdxBytes.images(2));
        byte[] flipped = sound.clone();
        flipped[flipped.length - 6] ^= 1;
        return Stream.of(
                Arguments.of("empty", new byte[0], "truncated"),
                Arguments.of("not gzip", "hello, world".getBytes(), "not a sound gzip file"),
                Arguments.of("gzip cut", Arrays.copyOf(sound, sound.length / 2), "truncated: the gzip data ends early"),
                Arguments.of("gzip trailer cut", Arrays.copyOf(sound, sound.length - 1), "truncated"),
                Arguments.of("checksum", flipped, "not a sound gzip file"),
                Arguments.of(
                        "bytes after", Arrays.copyOf(sound, sound.length + 3), "3 bytes after the end of the gzip"),
                Arguments.of("many after", Arrays.copyOf(sound, sound.length + 300), "300 bytes after the end"),
                Arguments.of("header cut", IdxBytes.gzip(new byte[15]), "header alone has 16"),
                Arguments.of(
                        "labels' magic", IdxBytes.gzip(IdxBytes.file(pixels, 2049, 2, 28, 28)), "magic number 2049"),
                Arguments.of("none", IdxBytes.gzip(IdxBytes.file(new byte[0], 2051, 0, 28, 28)), "a count of 0"),
                Arguments.of("negative", IdxBytes.gzip(IdxBytes.file(pixels, 2051, -2, 28, 28)), "a count of -2"),
                Arguments.of(
                        "huge", IdxBytes.gzip(IdxBytes.file(pixels, 2051, 1 << 30, 28, 28)), "a count of 1073741824"),
                Arguments.of(
                        "shape", IdxBytes.gzip(IdxBytes.file(pixels, 2051, 2, 14, 56)), "images of 14 x 56 pixels"),
                Arguments.of(
                        "too few", IdxBytes.gzip(IdxBytes.file(pixels, 2051, 3, 28, 28)), "1568 of 2352 data bytes"),
                Arguments.of(
                        "too many", IdxBytes.gzip(IdxBytes.file(pixels, 2051, 1, 28, 28)), "784 bytes after the last"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damagedImages")
    void namesTheFileAndWhatIsWrongWithIt(String name, byte[] file, String problem) {
        assertThatThrownBy(() -> IdxFile.images("some/images.gz", file))
                .isInstanceOf(DatasetException.class)
                .hasMessageStartingWith("data file some/images.gz: ")
                .hasMessageContaining(problem)
                .hasMessageNotContaining("\n");
    }

    @Test
    void refusesALabelThatIsNone() {
        byte[] labels = IdxBytes.labels(5);
        labels[8 + 3] = 10;
        assertThatThrownBy(() -> IdxFile.labels("l.gz", IdxBytes.gzip(labels)))
                .isInstanceOf(DatasetException.class)
                .hasMessage("data file l.gz: label 10 of image 3 is not one of 0 to 9");
    }

    @Test
    void doesNotInflateABomb() {
        byte[] bomb = IdxBytes.gzip(new byte[IdxFile.MAX_COUNT + 100]);
        assertThatThrownBy(() -> IdxFile.labels("l.gz", bomb))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("holds more than");
    }

    @Test
    void anyFlippedByteIsFoundOrHarmless() {
        byte[] sound = IdxBytes.gzip(IdxBytes.images(2));
        byte[] expected = IdxFile.images("x", sound);
        Random random = new Random(17);
        for (int i = 0; i < 2_000; i++) {
            byte[] damaged = sound.clone();
            damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
            try {
                // A gzip header has fields that no checksum covers, such as the time.
                assertThat(IdxFile.images("x", damaged)).isEqualTo(expected);
            } catch (DatasetException e) {
                assertThat(e).hasMessageStartingWith("data file x: ");
            }
        }
    }
}
