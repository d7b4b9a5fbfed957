// What draws circles and pictures with the graphics card: one small program, and arrays that stay there until they change.
const VERTEX = `#version 300 es
uniform mat4 matrix;
uniform vec2 pixel;
uniform float reach;
in vec2 corner;
in vec2 place;
in vec4 fill;
in vec4 line;
in float cell;
out vec2 at;
out vec4 inner;
out vec4 outer;
flat out float picture;
void main() {
  vec4 middle = matrix * vec4(place, 0.0, 1.0);
  gl_Position = vec4(middle.xy / middle.w + corner * reach * pixel, 0.0, 1.0);
  at = corner;
  inner = vec4(fill.rgb * fill.a, fill.a);
  outer = line;
  picture = cell;
}`;
const FRAGMENT = `#version 300 es
precision highp float;
uniform float reach;
uniform float radius;
uniform float width;
uniform float ratio;
uniform vec2 grid;
uniform sampler2D pictures;
in vec2 at;
in vec4 inner;
in vec4 outer;
flat in float picture;
out vec4 paint;
void main() {
  if (grid.x > 0.0) {
    vec2 cell = vec2(mod(picture, grid.x), floor(picture / grid.x));
    paint = texture(pictures, (cell + 0.5 + vec2(at.x, -at.y) * 0.5) / grid);
    return;
  }
  float far = length(at) * reach;
  float whole = clamp((radius + width - far) * ratio + 0.5, 0.0, 1.0);
  paint = mix(outer, inner, clamp((radius - far) * ratio + 0.5, 0.0, 1.0)) * whole;
}`;
const CORNERS = new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]);
const PARTS = { corner: 0, place: 1, fill: 2, line: 3, cell: 4 };
const UNIFORMS = ["matrix", "pixel", "reach", "radius", "width", "ratio", "grid"];

/** Make a brush for a WebGL 2 context; it leaves the context's other state to MapLibre. */
export function createBrush(gl) {
  const program = link(gl);
  const corners = buffer(gl, CORNERS);
  let where = null; // asking before the first drawing would wait for the compiler
  return {
    /** Keep points: places (x, y), and a colour of fill and of line for each, four bytes each. */
    keep(places, colours) {
      const kept = { count: places.length / 2, array: gl.createVertexArray(), buffers: [buffer(gl, places), buffer(gl, colours)], grid: [0, 0] };
      gl.bindVertexArray(kept.array);
      part(gl, "corner", corners, [2, gl.FLOAT, 0, 0], 0);
      part(gl, "place", kept.buffers[0], [2, gl.FLOAT, 0, 0], 1);
      part(gl, "fill", kept.buffers[1], [4, gl.UNSIGNED_BYTE, 8, 0], 1);
      part(gl, "line", kept.buffers[1], [4, gl.UNSIGNED_BYTE, 8, 4], 1);
      gl.bindVertexArray(null);
      return kept;
    },

    /** Give kept points a picture each: the number of its cell in an atlas. */
    illustrate(kept, { canvas, grid, cells }) {
      kept.grid = grid;
      kept.texture = texture(gl, canvas);
      kept.buffers.push(buffer(gl, cells));
      gl.bindVertexArray(kept.array);
      part(gl, "cell", kept.buffers.at(-1), [1, gl.FLOAT, 0, 0], 1);
      gl.bindVertexArray(null);
    },

    /** Draw kept points as circles of a radius and a line around it, or as pictures of half a width [px]. */
    draw(kept, { matrix, size, ratio }, { radius = 0, width = 0, half = 0 }) {
      where ??= Object.fromEntries(UNIFORMS.map((name) => [name, gl.getUniformLocation(program, name)]));
      gl.useProgram(program);
      gl.uniformMatrix4fv(where.matrix, false, matrix);
      gl.uniform2f(where.pixel, 2 / size[0], 2 / size[1]);
      gl.uniform1f(where.reach, half || radius + width + 1);
      gl.uniform1f(where.radius, radius);
      gl.uniform1f(where.width, width);
      gl.uniform1f(where.ratio, ratio);
      gl.uniform2f(where.grid, ...(half ? kept.grid : [0, 0]));
      gl.activeTexture(gl.TEXTURE0);
      gl.bindTexture(gl.TEXTURE_2D, half ? kept.texture : null);
      gl.bindVertexArray(kept.array);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, kept.count);
      gl.bindVertexArray(null);
    },

    /** Forget kept points. */
    drop(kept) {
      gl.deleteVertexArray(kept.array);
      for (const one of kept.buffers) gl.deleteBuffer(one);
      if (kept.texture) gl.deleteTexture(kept.texture);
    },
  };
}

function link(gl) {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  for (const [name, number] of Object.entries(PARTS)) gl.bindAttribLocation(program, number, name);
  gl.linkProgram(program); // whether it went well is not asked: that waits, and a browser tells what failed in its console
  return program;
}

function buffer(gl, numbers) {
  const made = gl.createBuffer();
  gl.bindBuffer(gl.ARRAY_BUFFER, made);
  gl.bufferData(gl.ARRAY_BUFFER, numbers, gl.STATIC_DRAW);
  return made;
}

function part(gl, name, from, [size, type, stride, offset], divisor) {
  gl.bindBuffer(gl.ARRAY_BUFFER, from);
  gl.enableVertexAttribArray(PARTS[name]);
  gl.vertexAttribPointer(PARTS[name], size, type, type === gl.UNSIGNED_BYTE, stride, offset);
  gl.vertexAttribDivisor(PARTS[name], divisor);
}

function texture(gl, canvas) {
  const made = gl.createTexture();
  gl.activeTexture(gl.TEXTURE0);
  gl.bindTexture(gl.TEXTURE_2D, made);
  gl.pixelStorei(gl.UNPACK_FLIP_Y_WEBGL, false);
  gl.pixelStorei(gl.UNPACK_PREMULTIPLY_ALPHA_WEBGL, true);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, canvas);
  for (const [name, value] of [[gl.TEXTURE_MIN_FILTER, gl.LINEAR], [gl.TEXTURE_MAG_FILTER, gl.LINEAR], [gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE], [gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE]]) {
    gl.texParameteri(gl.TEXTURE_2D, name, value);
  }
  return made;
}
