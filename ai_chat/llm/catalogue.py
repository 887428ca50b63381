"""Models that are known by name: where their file is, what its licence allows, and its geometry.

Data, looked up on the day VERIFIED names; a fact that was not found written down stands in `unverified`, and sizes are
checked against the hub when a file is fetched. Gives the ModelSpec that a plan is made from before the file is here.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from ai_chat.memory.spec import ModelSpec

VERIFIED = "2026-11-22"

_APACHE = "Apache-2.0"
_MIT = "MIT"
_GEMMA = "Gemma Terms of Use"
_EXAONE = "EXAONE AI Model License 1.1-NC"
_EXAONE_4 = "EXAONE AI Model License 1.2-NC"

_BITS = {"Q8_0": 8.5, "Q6_K": 6.5625, "Q4_K": 4.5}
_GEMMA_PERIOD = 6  # of gemma 3's layers every sixth sees the whole context


@dataclass(frozen=True, slots=True)
class CatalogueModel:
    """`tied`: the file holds no output matrix of its own. `window`: of its sliding layers, 0 without.

    `commercial`: whether its licence lets a business use it.
    """

    name: str
    repository: str
    file: str
    bytes: int
    file_type: str
    architecture: str
    parameters: float
    context_length: int
    layers: int
    width: int
    heads: int
    kv_heads: int
    head_width: int
    feed_forward: int
    vocabulary: int
    licence: str
    commercial: bool
    about_en: str
    about_ko: str
    tied: bool = True
    window: int = 0
    chat_template: bool = True
    unverified: tuple[str, ...] = ()

    def spec(self) -> ModelSpec:
        """What its header will say, weights shared out among the layers evenly."""
        embedding, output = self._matrix_bytes()
        layer = (self.bytes - embedding - output) // self.layers
        return ModelSpec(
            architecture=self.architecture,
            name=self.name,
            context_length=self.context_length,
            chat_template=self.chat_template,
            parameters=self.parameters,
            file_bytes=self.bytes,
            files=(self.file,),
            file_type=self.file_type,
            layers=self.layers,
            width=self.width,
            heads=self.heads,
            kv_heads=(self.kv_heads,) * self.layers,
            key_width=self.head_width,
            value_width=self.head_width,
            feed_forward=self.feed_forward,
            vocabulary=self.vocabulary,
            merges=0 if self.architecture.startswith("gemma") else self.vocabulary,
            windows=tuple(self._window(number) for number in range(1, self.layers + 1)),
            layer_bytes=(layer,) * self.layers,
            embedding_bytes=embedding,
            output_bytes=output,
        )

    def _window(self, number: int) -> int:
        return self.window if number % _GEMMA_PERIOD else 0

    def _matrix_bytes(self) -> tuple[int, int]:
        """Of the embedding and the output, as llama.cpp's quantiser stores them in this kind of file."""
        cells = self.vocabulary * self.width
        fine = "Q8_0" if self.file_type == "Q8_0" or self.width % 256 else "Q6_K"
        if self.tied:
            return round(cells * _BITS[fine] / 8), 0
        coarse = "Q8_0" if self.file_type == "Q8_0" else "Q4_K"
        return round(cells * _BITS[coarse] / 8), round(cells * _BITS[fine] / 8)


def find(name: str) -> CatalogueModel | None:
    return next((model for model in CATALOGUE if model.name == name.lower()), None)


def nearest(name: str, known: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Up to three names of the catalogue, or of `known`, that look like this one."""
    names = (*known, *(model.name for model in CATALOGUE))
    return tuple(dict.fromkeys(get_close_matches(name.lower(), names, n=3, cutoff=0.4)))


STARTER = CatalogueModel(
    "starter", "", "gemma-3-270m-q4_k_m.gguf", 253_113_024, "Q4_K_M",
    "gemma3", 0.27e9, 32_768, 18, 640, 4, 1, 256, 2_048, 262_144, _GEMMA, True,
    "Comes with the program; shown only where the evidence bears it out and it is sure.",
    "프로그램에 딸려 오는 모델. 근거와 맞는 문장만 보여 줌.",
    window=512, chat_template=False,
)  # fmt: skip

CATALOGUE: tuple[CatalogueModel, ...] = (
    CatalogueModel(
        "gemma-3-270m-it", "ggml-org/gemma-3-270m-it-GGUF", "gemma-3-270m-it-Q8_0.gguf", 291_545_600, "Q8_0",
        "gemma3", 0.27e9, 32_768, 18, 640, 4, 1, 256, 2_048, 262_144, _GEMMA, True,
        "The smallest that follows instructions; for short and simple answers.",
        "지시를 따르는 가장 작은 모델. 짧고 단순한 답변용.",
        window=512,
    ),
    CatalogueModel(
        "qwen3-0.6b", "Qwen/Qwen3-0.6B-GGUF", "Qwen3-0.6B-Q8_0.gguf", 639_446_688, "Q8_0",
        "qwen3", 0.6e9, 40_960, 28, 1_024, 16, 8, 128, 3_072, 151_936, _APACHE, True,
        "Small, made for over a hundred languages.",
        "작고 백여 개 언어용.",
    ),
    CatalogueModel(
        "gemma-3-1b-it", "ggml-org/gemma-3-1b-it-GGUF", "gemma-3-1b-it-Q4_K_M.gguf", 806_058_240, "Q4_K_M",
        "gemma3", 1.0e9, 32_768, 26, 1_152, 4, 1, 256, 6_912, 262_144, _GEMMA, True,
        "Small, made for many languages; its context takes little memory.",
        "작고 여러 언어용. 문맥에 드는 메모리가 적음.",
        window=512,
    ),
    CatalogueModel(
        "exaone-4.0-1.2b", "LGAI-EXAONE/EXAONE-4.0-1.2B-GGUF", "EXAONE-4.0-1.2B-Q4_K_M.gguf", 812_437_792, "Q4_K_M",
        "exaone4", 1.28e9, 65_536, 30, 2_048, 32, 8, 64, 4_096, 102_400, _EXAONE_4, False,
        "LG's model for Korean and English; research and study only.",
        "LG의 한국어·영어 모델. 연구와 학습에만 쓸 수 있음.",
    ),
    CatalogueModel(
        "qwen2.5-1.5b-instruct", "Qwen/Qwen2.5-1.5B-Instruct-GGUF", "qwen2.5-1.5b-instruct-q4_k_m.gguf",
        1_117_320_736, "Q4_K_M",
        "qwen2", 1.54e9, 32_768, 28, 1_536, 12, 2, 128, 8_960, 151_936, _APACHE, True,
        "Made for 29 languages, Korean among them; its context takes little memory.",
        "한국어를 포함한 29개 언어용. 문맥에 드는 메모리가 적음.",
        tied=False,
    ),
    CatalogueModel(
        "midm-2.0-mini", "mykor/Midm-2.0-Mini-Instruct-gguf", "Midm-2.0-Mini-Instruct-Q4_K_M.gguf", 1_425_000_000,
        "Q4_K_M",
        "llama", 2.3e9, 32_768, 48, 1_792, 32, 8, 128, 4_608, 131_392, _MIT, True,
        "KT's model for Korean and English; the file was converted by a third party.",
        "KT의 한국어·영어 모델. 파일은 제3자가 변환함.",
        unverified=("bytes",),
    ),
    CatalogueModel(
        "kanana-1.5-2.1b", "DevQuasar/kakaocorp.kanana-1.5-2.1b-instruct-2505-GGUF",
        "kakaocorp.kanana-1.5-2.1b-instruct-2505.Q4_K_M.gguf", 1_522_796_768, "Q4_K_M",
        "llama", 2.1e9, 32_768, 32, 1_792, 24, 8, 128, 8_064, 128_256, _APACHE, True,
        "Kakao's model for Korean and English; the file was converted by a third party.",
        "카카오의 한국어·영어 모델. 파일은 제3자가 변환함.",
        tied=False, unverified=("geometry",),
    ),
    CatalogueModel(
        "exaone-3.5-2.4b", "LGAI-EXAONE/EXAONE-3.5-2.4B-Instruct-GGUF", "EXAONE-3.5-2.4B-Instruct-Q4_K_M.gguf",
        1_644_918_272, "Q4_K_M",
        "exaone", 2.4e9, 32_768, 30, 2_560, 32, 8, 80, 7_168, 102_400, _EXAONE, False,
        "LG's model for Korean and English; research and study only.",
        "LG의 한국어·영어 모델. 연구와 학습에만 쓸 수 있음.",
        tied=False,
    ),
    CatalogueModel(
        "gemma-3-4b-it", "ggml-org/gemma-3-4b-it-GGUF", "gemma-3-4b-it-Q4_K_M.gguf", 2_489_757_856, "Q4_K_M",
        "gemma3", 3.9e9, 131_072, 34, 2_560, 8, 4, 256, 10_240, 262_208, _GEMMA, True,
        "A first choice with 8 GB of memory: many languages, and its context takes little memory.",
        "메모리 8GB 컴퓨터의 첫 선택. 여러 언어용이고 문맥에 드는 메모리가 적음.",
        window=1_024,
    ),
    CatalogueModel(
        "qwen3-4b", "Qwen/Qwen3-4B-GGUF", "Qwen3-4B-Q4_K_M.gguf", 2_497_280_256, "Q4_K_M",
        "qwen3", 4.0e9, 40_960, 36, 2_560, 32, 8, 128, 9_728, 151_936, _APACHE, True,
        "Made for over a hundred languages; slow without a GPU.",
        "백여 개 언어용. GPU가 없으면 느림.",
    ),
    CatalogueModel(
        "a.x-4.0-light", "mykor/A.X-4.0-Light-gguf", "A.X-4.0-Light-Q4_K_M.gguf", 4_440_000_000, "Q4_K_M",
        "qwen2", 7.26e9, 16_384, 28, 3_584, 28, 4, 128, 18_944, 102_400, _APACHE, True,
        "SK Telecom's model for Korean; the file was converted by a third party.",
        "SK텔레콤의 한국어 모델. 파일은 제3자가 변환함.",
        tied=False, unverified=("bytes", "geometry"),
    ),
    CatalogueModel(
        "qwen2.5-7b-instruct", "bartowski/Qwen2.5-7B-Instruct-GGUF", "Qwen2.5-7B-Instruct-Q4_K_M.gguf",
        4_683_074_240, "Q4_K_M",
        "qwen2", 7.62e9, 32_768, 28, 3_584, 28, 4, 128, 18_944, 152_064, _APACHE, True,
        "Made for 29 languages, Korean among them; slow without a GPU.",
        "한국어를 포함한 29개 언어용. GPU가 없으면 느림.",
        tied=False,
    ),
    CatalogueModel(
        "qwen3-8b", "Qwen/Qwen3-8B-GGUF", "Qwen3-8B-Q4_K_M.gguf", 5_027_783_488, "Q4_K_M",
        "qwen3", 8.2e9, 40_960, 36, 4_096, 32, 8, 128, 12_288, 151_936, _APACHE, True,
        "Made for over a hundred languages; for a GPU of 8 GB.",
        "백여 개 언어용. 8GB GPU에 알맞음.",
        tied=False,
    ),
    CatalogueModel(
        "gemma-3-12b-it", "ggml-org/gemma-3-12b-it-GGUF", "gemma-3-12b-it-Q4_K_M.gguf", 7_300_574_976, "Q4_K_M",
        "gemma3", 11.8e9, 131_072, 48, 3_840, 16, 8, 256, 15_360, 262_208, _GEMMA, True,
        "The largest here, made for many languages; for 16 GB of memory and a GPU.",
        "여기서 가장 큰 모델로 여러 언어용. 메모리 16GB와 GPU가 있을 때.",
        window=1_024,
    ),
)  # fmt: skip
