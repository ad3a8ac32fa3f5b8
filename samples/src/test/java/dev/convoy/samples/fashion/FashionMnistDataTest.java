/* SPDX-License-Identifier: Apache-2.0 */
package dev.convoy.samples.fashion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FashionMnistDataTest {

    @TempDir
    Path folder;

    @BeforeEach
    void writeASoundSet() throws IOException {
        write("train-images-idx3-ubyte.gz", IdxBytes.images(30));
        write("train-labels-idx1-ubyte.gz", IdxBytes.labels(30));
        write("t10k-images-idx3-ubyte.gz", IdxBytes.images(20));
        write("t10k-labels-idx1-ubyte.gz", IdxBytes.labels(20));
    }

    @Test
    void theBundledSetIsWholeAndBalanced() {
        FashionMnistData data = FashionMnistData.bundled();
        assertThat(data.train().size()).isEqualTo(8_000);
        assertThat(data.test().size()).isEqualTo(2_000);
        int[] perClass = new int[10];
        for (int i = 0; i < 8_000; i++) {
            perClass[data.train().label(i)]++;
        }
        for (int i = 0; i < 2_000; i++) {
            perClass[data.test().label(i)]++;
        }
        assertThat(perClass).containsOnly(1_000);
    }

    @Test
    void readsAFolder() {
        FashionMnistData data = FashionMnistData.fromFolder(folder);
        assertThat(data.train().size()).isEqualTo(30);
        assertThat(data.test().size()).isEqualTo(20);
        assertThat(data.train().label(13)).isEqualTo(3);
    }

    @Test
    void namesTheFolderThatIsNotThere() {
        assertThatThrownBy(() -> FashionMnistData.fromFolder(folder.resolve("absent")))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining(folder.resolve("absent") + ": no such folder");
    }

    @Test
    void namesTheFileThatIsNotThere() throws IOException {
        Path labels = folder.resolve("t10k-labels-idx1-ubyte.gz");
        Files.delete(labels);
        assertThatThrownBy(() -> FashionMnistData.fromFolder(folder))
                .isInstanceOf(DatasetException.class)
                .hasMessage("data file " + labels + ": missing");
        Files.createDirectory(labels);
        assertThatThrownBy(() -> FashionMnistData.fromFolder(folder))
                .isInstanceOf(DatasetException.class)
                .hasMessage("data file " + labels + ": not a regular file");
    }

    @Test
    void refusesCountsThatDiffer() throws IOException {
        write("train-labels-idx1-ubyte.gz", IdxBytes.labels(29));
        assertThatThrownBy(() -> FashionMnistData.fromFolder(folder))
                .isInstanceOf(DatasetException.class)
                .hasMessageContaining("train-labels-idx1-ubyte.gz: 29 labels for the 30 images of ");
    }

    private void write(String name, byte[] content) throws IOException {
        Files.write(folder.resolve(name), IdxBytes.gzip(content));
    }
}
