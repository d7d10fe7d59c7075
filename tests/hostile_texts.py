r"""Texts that nobody types in good faith: nested, repeated, cut and mixed, for every reader.

>>> import random
>>> len(hostile(random.Random(1), "numpy")) > 0
True
"""

import re
import string

from gradient_questions import QUESTIONS
from gradients import GRADIENTS


def parted(text):
    """Return the texts in a table, which stand two blanks apart."""
    return re.split(r" {2,}|\n", text.strip("\n"))


LOSSES = {
    "numpy": [row[2] for row in GRADIENTS],
    "typed": parted(r"""
‖Wu − v‖²  (Wu-v)'(Wu-v)  u'W'Wu / u'u  sum((Wu-v).^2)  tr(W'W) + log|W'W|  ½‖Wu − v‖₂² + λ|u|
log det(W'W)  Σᵢ (Wu − v)ᵢ²  -u'u where u = v  exp(-u'u)
"""),
    "latex": parted(r"""
\lVert Wu - v\rVert_2^2  \frac{u^T W^T W u}{u^{\top} u}  \sum_{i=1}^{m} r_i^2
\operatorname{tr}(W^{\mathsf T}W)  \log\det(W^TW)  \langle Wu, v\rangle
\sqrt{1 + \lVert u\rVert^2}  \left(v - Wu\right)^\top\left(v - Wu\right)
"""),
}
ANSWERS = {
    "numpy": [row[4] for row in QUESTIONS],
    "typed": parted(r"""
2Wᵀ(Wu − v)  u - eta*2*W'(Wu-v)  2W'r, where r = Wu - v  -2*(v-Wu)'*W  W\v
"""),
    "latex": parted(r"""
2W^{\mathsf T}(Wu - v)  \frac{\partial L}{\partial u} = 2W^\top r  2 r u^T
"""),
}
# What is put around a text, again and again; and signs alone.
AROUND = {
    "numpy": parted(r"""
({}).T  {}.T  -{}  -({})  +{}  ({})**1  ({})**-1  ({})**2  ({})**0.5  2*{}  2**({})  ({}) + ({})
({}) @ ({})  ({}) * ({})  ({}) / ({})  ({})**({})  np.exp({})  np.log({})  np.sqrt({})
np.tanh({})  np.sum({})  np.mean({}, axis=0)  np.linalg.norm({})  np.linalg.norm({})**2
np.abs({})  np.linalg.inv({})  np.linalg.inv({}).T  np.linalg.det({})  np.trace({})
np.linalg.matrix_power({}, 9)  np.kron({}, {})  np.outer({}, {})  np.diag({})  ({}).ravel()
({}).reshape(-1, 1)  ({})[0]  ({})[:, None]  ({})[{}]  sum(({})[i] for i in range(len({})))
sum({} for i in range({}))  f'{{{}}}'  np.vdot({}, {})  float({})  np.ones_like({})
lambda u: {}  [{}]  np.array([{}])  np.eye({})  sigmoid({})  1 / (1 + np.exp(-({})))
np.log(1 + np.exp({}))
"""),
    "typed": parted(r"""
({})'  {}'  {}ᵀ  -{}  -({})  ({})^(-1)  ({})^1  ({})²  {}²  {}^{}  ({})^({})  2*{}  2·{}  ½{}
|{}|  ‖{}‖  ‖{}‖²  ||{}||  exp({})  log {}  log|{}|  sqrt({})  √{}  tr({})  det({})  inv({})
sum({})  ({}) + ({})  ({}) - ({})  ({})*({})  ({})({})  ({})/({})  ({}).*({})  <{}, {}>  {}⊗{}
diag({})  d({})  ∇({})  ({})_i  {}_{}  Σᵢ {}  sum_i {}  σ({})  ({})⁻¹  ({})⁻ᵀ  [{}]  [{}, {}]
let x = {}, then x  {}, where u = {}  f({})
"""),
    "latex": parted(r"""
\left({}\right)  {{{}}}^T  {}^{{\top}}  \frac{{{}}}{{{}}}  \frac{{1}}{{{}}}  \sqrt{{{}}}
\lVert {} \rVert  \lVert {} \rVert^2  ({})^{{-1}}  ({})^2  ({})^{{{}}}  {}_{{{}}}  -{}
\sum_i {}  \sum_{{i=1}}^{{n}} {}  \exp({})  \log {}  \operatorname{{tr}}({})  \det({})
\mathrm{{d}}{}  \nabla_u {}  \frac{{\partial {}}}{{\partial u}}  \boldsymbol{{{}}}  \hat{{{}}}
\text{{{}}}  \underbrace{{{}}}_{{{}}}  \begin{{pmatrix}}{}\end{{pmatrix}}  {} \otimes {}
{} \odot {}  {} {}  {} + {}  \langle {}, {}\rangle  \left|{}\right|  {}^{{\odot {}}}
\nabla_u^2 {}  \operatorname{{diag}}({})  {} \cdot {}
"""),
}
SIGNS = {
    "numpy": parted(r"""
+  -  *  /  @  **  (  )  [  ]  ,  .T  .  :  =  ;  np.  np.sum  np.linalg.  np.linalg.norm
np.linalg.inv  np.exp  axis=1  lambda  if  else  for  in  not  u  v  W  r  eta  0  1  2
1e-9999999999  1e999  0x1F  1_000  1j  '  "  f'  {  }  #  \  None  True  ...  :=  ->  ==  <
__class__  len  shape  range
"""),
    "typed": parted(r"""
+  -  *  /  @  ^  _  (  )  [  ]  {  }  |  ‖  <  >  ,  ;  :  .  =  '  !  ~  ?  %  &  $  `  \  ⁻
¹  ²  ³  ᵀ  ₀  ₁  ᵢ  ·  ×  −  ½  ⊙  ⊗  ∘  √  ∇  ∂  Σ  ∈  ℝ  ∞  →  ←  **  .*  ./  .^  ||  W  u  v
r  du  lam  λ  η  Wu  WTr  x1  where  let  then  and  sum  norm  log  exp  tr  det  inv  T  0  1
2  10  1e-999999999  1e9  0.5  dL/du  :=  +=  -=  %*%  %o%  &&  𝐖
"""),
    "latex": parted(r"""
\frac  \left  \right  \sum  \lVert  \rVert  \|  \langle  }  {  \rangle  \top  \mathsf T
\partial  \nabla  \mathrm{d}  \begin{aligned}  \end{aligned}  \\  &  &=  ^  _  (  )  [  ]  |  +
-  =  \cdot  \odot  \otimes  \text{where }  \quad  ,  W  u  v  r  \lambda  \eta  1  2  12
\frac12  \sqrt  \hat  \mathbf  \mathbb R  \in  \leftarrow  '  !  \label{a}  %  $
\operatorname{tr}  \,  ~
"""),
}
DEEPEST = 150


def hostile(draw, language, answer=False):
    """Return a text for the reader of a language; ``draw`` is a `random.Random`."""
    start = draw.choice((ANSWERS if answer else LOSSES)[language])
    return draw.choice(WAYS)(draw, language, start)


def nested(draw, language, text):
    """One thing or two around a text, up to so many times that it is refused."""
    around = [draw.choice(AROUND[language]) for _ in range(draw.choice((1, 1, 2)))]
    text = draw.choice((text, "u", "W", "2", "u @ u" if language == "numpy" else "u^T u"))
    for k in range(draw.choice((3, 8, 15, 30, 60, DEEPEST))):
        if len(text) > 4000:
            break
        one = around[k % len(around)]
        more = [draw.choice(("u", "W", "2", text)) for _ in range(one.count("{}") - 1)]
        text = one.format(text, *more)
    return text


def repeated(draw, language, text):
    """A part of a text many times over."""
    i, j = sorted(draw.sample(range(len(text) + 1), 2))
    times = draw.choice((2, 3, 10, 45, 300, 3000))
    return text[:i] + text[i:j] * times + text[j:]


def chained(draw, language, text):
    """One sign between many names or numbers."""
    sign = draw.choice(SIGNS[language])
    some = draw.choice((["2"], ["u"], ["W", "W.T"], ["u", "2"], ["W'", "W"], ["(", "u", ")"]))
    return sign.join(some[k % len(some)] for k in range(draw.choice((5, 20, 45, 90, 400))))


def defined(draw, language, text):
    """Letters that stand for each other, in a row or in a circle."""
    letters = draw.sample(string.ascii_letters, draw.choice((2, 5, 12, 26)))
    sign = {"numpy": draw.choice("+@*"), "typed": "", "latex": " "}[language]
    pairs = zip(letters, [*letters[1:], draw.choice(("u", letters[0], text))], strict=True)
    some = [f"{a} = {b}{sign}{b}" for a, b in pairs]
    if draw.random() < 0.5:
        some.reverse()
    gap = draw.choice((";", "\n", ", ", " and "))
    whole = [*some, letters[0]] if draw.random() < 0.5 else [f"{letters[0]} where ", *some]
    return gap.join(whole)


def cut(draw, language, text):
    """A text in which some characters are gone, doubled, or another's."""
    for _ in range(draw.randint(1, 6)):
        i = draw.randrange(len(text) + 1)
        new = draw.choice(("", draw.choice(SIGNS[language]), draw.choice(text or "u"), "(", ")"))
        text = text[:i] + new + text[i + draw.randint(0, 2) :]
    return text


def mixed(draw, language, text):
    """Signs in any order."""
    gap = draw.choice(("", " ", "\n"))
    return gap.join(draw.choice(SIGNS[language]) for _ in range(draw.choice((1, 3, 8, 20, 60))))


def spliced(draw, language, text):
    """The beginning of a text, and the end of another one, of any language."""
    other = draw.choice(LOSSES[draw.choice([*LOSSES])] + ANSWERS[language])
    return text[: draw.randrange(len(text) + 1)] + other[draw.randrange(len(other) + 1) :]


def strange(draw, language, text):
    """Characters from all over Unicode, alone or in a text."""
    some = [chr(draw.choice((draw.randrange(32), draw.randrange(0x3000), draw.randrange(0x110000))))
            for _ in range(draw.choice((1, 5, 40)))]  # fmt: skip
    i = draw.randrange(len(text) + 1)
    return text[:i] + "".join(some) + (text[i:] if draw.random() < 0.8 else "")


def sized(draw, language, text):
    """Numbers as large, as small, and as long as a number can be written."""
    digits = draw.choice((3, 12, 40, 400, 1900))
    forms = ("{}", "1e{}", "1e-{}", "0.{}", "2**{}", "u**{}", "u^{}", "u^{{{}}}", "10**10**{}")
    row = draw.choice("9999920²") * digits
    one = draw.choice(forms).format(row)
    return text.replace("2", one, 1) if draw.random() < 0.5 else f"{one}*{text}"


WAYS = (
    nested,
    nested,
    nested,
    repeated,
    chained,
    defined,
    cut,
    cut,
    mixed,
    spliced,
    strange,
    sized,
)
